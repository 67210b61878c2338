// How many interactions of a type fell into each day, month or year, between how many users and items. Those whose time is
// missing, or is no moment from 1000 to 2999 in seconds since 1970 or as a temporal value, are counted under no period.
// identifiers: user, type, item, time
// params: $unit: 'day', 'month' or 'year'
// returns: period, number, users, items
// access: read
MATCH (u:{{user}})-[r:{{type}}]-(i:{{item}})
WITH u, i, CASE WHEN r.{{time}} IS :: INTEGER | FLOAT THEN toInteger(r.{{time}})
                WHEN r.{{time}} IS :: ZONED DATETIME THEN r.{{time}}.epochSeconds
                WHEN r.{{time}} IS :: LOCAL DATETIME | DATE THEN datetime({date: date(r.{{time}})}).epochSeconds
           END AS seconds
WITH u, i, CASE WHEN -30610224000 <= seconds < 32503680000
                THEN toString(date.truncate($unit, datetime({epochSeconds: seconds}))) END AS period
RETURN period, count(*) AS number, count(DISTINCT u) AS users, count(DISTINCT i) AS items
ORDER BY period
