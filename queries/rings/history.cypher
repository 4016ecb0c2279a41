// name: rings/history
// mode: read
// params: key, run, before, limit
// returns: run, as_of, known_at, applications, users, score, listed, at_risk_cents, joined, left, changes
// The states of a ring up to the run $run, newest first, those of runs before $before.
MATCH (r:Ring {key: $key})-[:WAS]->(s:RingState) WHERE s.run <= $run AND s.run < $before
WITH s ORDER BY s.run DESC LIMIT $limit
MATCH (x:RingRun {key: toString(s.run)})
RETURN s.run AS run, x.as_of AS as_of, x.known_at AS known_at, s.applications AS applications, s.users AS users,
       s.score AS score, s.listed AS listed, s.at_risk_cents AS at_risk_cents, s.joined AS joined, s.left AS left,
       s.changes AS changes
ORDER BY run DESC
