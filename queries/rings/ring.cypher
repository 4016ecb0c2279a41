// name: rings/ring
// mode: read
// params: key, run
// returns: key, born_run, run, dissolved_run, applications, users, first_at, last_at, amount_cents, at_risk_cents, shared, score, listed, reasons, before, after
MATCH (r:Ring {key: $key}) WHERE r.born_run <= $run
RETURN r.key AS key, r.born_run AS born_run, r.run AS run, r.dissolved_run AS dissolved_run,
       r.applications AS applications, r.users AS users, r.first_at AS first_at, r.last_at AS last_at,
       r.amount_cents AS amount_cents, r.at_risk_cents AS at_risk_cents,
       r.shared AS shared, r.score AS score, r.listed AS listed, r.reasons AS reasons,
       COLLECT { MATCH (r)-[e:EVOLVED_FROM]->(b:Ring) WHERE e.run <= $run
                 RETURN {run: e.run, ring: b.key} ORDER BY e.run, b.key LIMIT 50 } AS before,
       COLLECT { MATCH (r)<-[e:EVOLVED_FROM]-(b:Ring) WHERE e.run <= $run
                 RETURN {run: e.run, ring: b.key} ORDER BY e.run, b.key LIMIT 50 } AS after
