// The vector indexes on a property, which is that of one release, and the labels that they are on.
// params: $property: property name
// returns: name, labels
// access: read
SHOW VECTOR INDEXES YIELD name, labelsOrTypes, properties
WHERE $property IN properties
RETURN name, labelsOrTypes AS labels
