// Every index that is on labels or types of one's own, and whether it can be used.
// params:
// returns: name, state, percent, labels, properties, failure
// access: read
SHOW INDEXES YIELD name, type, state, populationPercent, labelsOrTypes, properties, failureMessage
WHERE type <> 'LOOKUP'
RETURN name, state, populationPercent AS percent, labelsOrTypes AS labels, properties, failureMessage AS failure
