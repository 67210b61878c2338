// Keep the schema that loaded files declared.
// params: $json: string
// returns: nothing
// access: write
MERGE (s:HoplineSchema {name: 'schema'})
SET s.json = $json
