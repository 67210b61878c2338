// Impressions of an experiment that tell of none of its variants, or of another release than the variant's, and of users who were
// shown several variants.
// params: $experiment: text, $releases: the release of each variant, by name
// returns: of_no_variant, of_other_releases, of_users_of_several, users_of_several
// access: read
MATCH (u)-[s:HOPLINE_SHOWN]->()
WHERE s.experiment = $experiment
WITH u, s.variant AS variant, $releases[s.variant] AS due, coalesce(s.release, 0) AS release
WITH u, count(CASE WHEN due IS NULL THEN 1 END) AS of_none, count(CASE WHEN release <> due THEN 1 END) AS of_others,
     count(CASE WHEN release = due THEN 1 END) AS fitting, count(DISTINCT CASE WHEN release = due THEN variant END) AS variants
RETURN sum(of_none) AS of_no_variant, sum(of_others) AS of_other_releases,
       sum(CASE WHEN variants > 1 THEN fitting ELSE 0 END) AS of_users_of_several,
       count(CASE WHEN variants > 1 THEN 1 END) AS users_of_several
