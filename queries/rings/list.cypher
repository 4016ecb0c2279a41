// name: rings/list
// mode: read
// params: run, sort, listed, skip, limit
// returns: key, born_run, run, dissolved_run, applications, users, first_at, last_at, amount_cents, at_risk_cents, shared, score, listed, reasons
MATCH (r:Ring) WHERE r.born_run <= $run AND r.dissolved_run IS NULL AND (NOT $listed OR r.listed)
WITH r, CASE $sort WHEN 'score' THEN r.score WHEN 'size' THEN r.applications WHEN 'money' THEN r.at_risk_cents ELSE r.last_at END AS first
ORDER BY first IS NULL, first DESC, r.applications DESC, r.key SKIP $skip LIMIT $limit
RETURN r.key AS key, r.born_run AS born_run, r.run AS run, r.dissolved_run AS dissolved_run,
       r.applications AS applications, r.users AS users, r.first_at AS first_at, r.last_at AS last_at,
       r.amount_cents AS amount_cents, r.at_risk_cents AS at_risk_cents,
       r.shared AS shared, r.score AS score, r.listed AS listed, r.reasons AS reasons
