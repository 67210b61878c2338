// Note on impressions that the user then did something with the item, and when first.
// identifiers: user, user_key, item, item_key
// params: $user_ids: list of keys, $item_ids: list of keys, $seconds: when each user did something with the item, $window_s: float
// returns: nothing
// access: write
MATCH ()-[shown:HOPLINE_SHOWN]->()
WITH count(shown) AS number // from the count store: where nothing was shown, nobody is looked up
WHERE number > 0
UNWIND range(0, size($user_ids) - 1) AS row
MATCH (u:{{user}} {{{user_key}}: $user_ids[row]})-[s:HOPLINE_SHOWN]->(i:{{item}} {{{item_key}}: $item_ids[row]})
WHERE s.time <= $seconds[row] AND s.time >= $seconds[row] - $window_s
WITH s, min($seconds[row]) AS first
WHERE coalesce(first < s.clicked_at, true)
SET s.clicked_at = first
