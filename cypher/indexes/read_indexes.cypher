// Every index on labels, what it is on, and how far it is filled.
// params:
// returns: name, type, state, percent, labels, properties, is_unique, failure
// access: read
SHOW INDEXES YIELD name, type, state, populationPercent, entityType, labelsOrTypes, properties, owningConstraint, failureMessage
WHERE type <> 'LOOKUP' AND entityType = 'NODE'
RETURN name, type, state, populationPercent AS percent, labelsOrTypes AS labels, properties,
       owningConstraint IS NOT NULL AS is_unique, failureMessage AS failure
