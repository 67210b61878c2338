// Tell what the last round of learning from events came to; what it did not measure stays as an earlier one told.
// params: $properties: map
// returns: nothing
// access: write
MERGE (o:HoplineOnline {name: 'online'})
SET o += $properties
