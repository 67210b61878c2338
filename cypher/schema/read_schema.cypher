// The schema that loaded files declared.
// params:
// returns: json
// access: read
MATCH (s:HoplineSchema {name: 'schema'})
RETURN s.json AS json
