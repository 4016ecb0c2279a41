// name: rings/facts_targets
// mode: read
// params: ids, missing
// returns: target, key, application, user, user_id, known_at, seq, amount_cents, city
// The applications and events $ids with their users, a column each; what is missing travels as $missing or ''.
UNWIND $ids AS id MATCH (t) WHERE id(t) = id
OPTIONAL MATCH (u:User)-[:SUBMITTED|DID]->(t)
WITH u, t, head(COLLECT {
  MATCH (t)-[:LIVES_AT]->(home:Address) WHERE home.city IS NOT NULL RETURN home.city AS city ORDER BY city LIMIT 1
}) AS city
RETURN collect(id(t)) AS target, collect(t.key) AS key, collect(t:Application) AS application,
       collect(coalesce(u.key, '')) AS user, collect(coalesce(id(u), $missing)) AS user_id,
       collect(coalesce(t.known_at, $missing)) AS known_at, collect(coalesce(t.seq, $missing)) AS seq,
       collect(coalesce(t.amount_cents, $missing)) AS amount_cents, collect(coalesce(city, '')) AS city
