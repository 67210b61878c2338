// How many impressions of items can tell of other ways to choose, and what the others lack, each counted for the first it lacks.
// identifiers: user, item
// params: $since_s: float
// returns: number, no_propensity, bad_propensity, no_answer
// access: read
MATCH (:{{user}})-[s:HOPLINE_SHOWN]->(:{{item}})
WHERE s.time >= $since_s
WITH s, s.propensity > 0 AND s.propensity <= 1 AS is_share
RETURN count(s) AS number, count(CASE WHEN s.propensity IS NULL THEN 1 END) AS no_propensity,
       count(CASE WHEN s.propensity IS NOT NULL AND NOT coalesce(is_share, false) THEN 1 END) AS bad_propensity,
       count(CASE WHEN is_share AND (s.answer IS NULL OR s.place IS NULL) THEN 1 END) AS no_answer
