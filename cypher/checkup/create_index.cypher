// An index on a label and property that are there; to be taken back before it is filled.
// identifiers: index, label, property
// params:
// returns: nothing
// access: schema
CREATE TEXT INDEX {{index}} FOR (n:{{label}}) ON (n.{{property}})
