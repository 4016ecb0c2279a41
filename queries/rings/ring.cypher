// name: rings/ring
// mode: read
// params: key, run
// returns: key, born_run, run, dissolved_run, applications, users, first_at, last_at, amount_cents, at_risk_cents, shared, score, listed, reasons, before, after
// A ring as the run $run left it; one that had dissolved by then as it was last.
MATCH (r:Ring {key: $key}) WHERE r.born_run <= $run
MATCH (r)-[:WAS]->(s:RingState) WHERE s.run <= $run AND (s.until IS NULL OR s.until > $run)
RETURN r.key AS key, r.born_run AS born_run, s.run AS run,
       CASE WHEN r.dissolved_run <= $run THEN r.dissolved_run END AS dissolved_run,
       s.applications AS applications, s.users AS users, s.first_at AS first_at, s.last_at AS last_at,
       s.amount_cents AS amount_cents, s.at_risk_cents AS at_risk_cents,
       s.shared AS shared, s.score AS score, s.listed AS listed, s.reasons AS reasons,
       COLLECT { MATCH (r)-[e:EVOLVED_FROM]->(b:Ring) WHERE e.run <= $run
                 RETURN {run: e.run, ring: b.key} ORDER BY e.run, b.key LIMIT 50 } AS before,
       COLLECT { MATCH (r)<-[e:EVOLVED_FROM]-(b:Ring) WHERE e.run <= $run
                 RETURN {run: e.run, ring: b.key} ORDER BY e.run, b.key LIMIT 50 } AS after
