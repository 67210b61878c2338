// The properties that a constraint keeps unique within a label, several where they are so together.
// params:
// returns: label, properties
// access: read
SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties
WHERE entityType = 'NODE' AND (type CONTAINS 'UNIQUE' OR type CONTAINS 'KEY')
RETURN labelsOrTypes[0] AS label, properties
ORDER BY size(properties), name
