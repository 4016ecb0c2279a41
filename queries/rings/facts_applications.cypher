// name: rings/facts_applications
// mode: read
// params: ids, missing
// returns: target, key, application, user, user_id, known_at, seq, amount_cents, city
// All applications of the users $ids with all their users, a column each; what is missing travels as $missing or ''.
UNWIND $ids AS id MATCH (u) WHERE id(u) = id
MATCH (u)-[:SUBMITTED]->(t)
WITH t, head(COLLECT {
  MATCH (t)-[:LIVES_AT]->(home:Address) WHERE home.city IS NOT NULL RETURN home.city AS city ORDER BY city LIMIT 1
}) AS city
MATCH (t)<-[:SUBMITTED]-(v)
RETURN collect(id(t)) AS target, collect(t.key) AS key, collect(true) AS application, collect(v.key) AS user,
       collect(id(v)) AS user_id,
       collect(coalesce(t.known_at, $missing)) AS known_at, collect(coalesce(t.seq, $missing)) AS seq,
       collect(coalesce(t.amount_cents, $missing)) AS amount_cents, collect(coalesce(city, '')) AS city
