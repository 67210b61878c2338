// Answers that left something to chance, as impressions tell of them: what stood where, how likely, and what was clicked. The newest
// come first.
// identifiers: user, user_key, item, item_key
// params: $since_s: float, $limit: integer
// returns: user_id, time, shown: item id; place; propensity and whether it was clicked
// access: read
MATCH (u:{{user}})-[s:HOPLINE_SHOWN]->(i:{{item}})
WHERE s.time >= $since_s AND s.propensity > 0 AND s.propensity <= 1 AND s.answer IS NOT NULL AND s.place IS NOT NULL
WITH u, s.answer AS answer, s.release AS release, min(s.time) AS time,
     collect([i.{{item_key}}, s.place, s.propensity, s.clicked_at IS NOT NULL]) AS shown
ORDER BY time DESC LIMIT $limit
RETURN u.{{user_key}} AS user_id, time, shown
