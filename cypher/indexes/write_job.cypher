// Tell how far work on indexes is, on the node of whoever is at it.
// params: $properties: map
// returns: nothing
// access: write
MERGE (j:HoplineIndexJob {name: 'index'})
SET j = $properties
SET j.name = 'index'
