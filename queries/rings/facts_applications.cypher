// name: rings/facts_applications
// mode: read
// params: ids, missing
// returns: target, key, application, user, user_id, known_at, seq, amount_cents
// All applications of the users $ids with all their users, a column each; what is missing travels as $missing.
UNWIND $ids AS id MATCH (u) WHERE id(u) = id
MATCH (u)-[:SUBMITTED]->(t)
MATCH (t)<-[:SUBMITTED]-(v)
RETURN collect(id(t)) AS target, collect(t.key) AS key, collect(true) AS application, collect(v.key) AS user,
       collect(id(v)) AS user_id,
       collect(coalesce(t.known_at, $missing)) AS known_at, collect(coalesce(t.seq, $missing)) AS seq,
       collect(coalesce(t.amount_cents, $missing)) AS amount_cents
