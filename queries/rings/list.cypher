// name: rings/list
// mode: read
// params: run, sort, skip, limit
// returns: key, born_run, run, dissolved_run, applications, users, first_at, last_at, amount_cents, shared
MATCH (r:Ring) WHERE r.born_run <= $run AND r.dissolved_run IS NULL
WITH r, CASE $sort WHEN 'size' THEN r.applications WHEN 'money' THEN r.amount_cents ELSE r.last_at END AS first
ORDER BY first IS NULL, first DESC, r.applications DESC, r.key SKIP $skip LIMIT $limit
RETURN r.key AS key, r.born_run AS born_run, r.run AS run, r.dissolved_run AS dissolved_run,
       r.applications AS applications, r.users AS users, r.first_at AS first_at, r.last_at AS last_at,
       r.amount_cents AS amount_cents, r.shared AS shared
