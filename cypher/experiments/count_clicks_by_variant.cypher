// What came of an experiment by variant: impressions and clicks, as sums over users, of which rates and how sure they are follow. A
// click counts once, for however many impressions of the item it came after. Users who were shown several variants are left out,
// and impressions by another release than the variant's.
// params: $experiment: text, $releases: the release of each variant, by name
// returns: variant, users, impressions, clicks, impressions_squared, clicks_squared, products
// access: read
MATCH (u)-[s:HOPLINE_SHOWN]->(i)
WHERE s.experiment = $experiment AND s.release = $releases[s.variant]
WITH u, s.variant AS variant, i, s.clicked_at AS clicked_at, count(*) AS number
WITH u, variant, sum(number) AS shown, count(clicked_at) AS clicked
WITH u, collect({variant: variant, shown: shown, clicked: clicked}) AS parts
WHERE size(parts) = 1
WITH parts[0] AS part
RETURN part.variant AS variant, count(*) AS users, sum(part.shown) AS impressions, sum(part.clicked) AS clicks,
       sum(part.shown * part.shown) AS impressions_squared, sum(part.clicked * part.clicked) AS clicks_squared,
       sum(part.shown * part.clicked) AS products
