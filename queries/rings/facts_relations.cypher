// name: rings/facts_relations
// mode: read
// params: ids, missing, most
// returns: user, relative, known_at
// The first $most stated relations of each of the users $ids, a column each; what is missing travels as $missing.
UNWIND $ids AS id MATCH (u) WHERE id(u) = id
CALL (u) {
  MATCH (u)-[r:RELATED_TO]->(v:User) RETURN r, v ORDER BY r.known_at, r.seq, v.key, r.kind LIMIT $most
}
RETURN collect(u.key) AS user, collect(v.key) AS relative, collect(coalesce(r.known_at, $missing)) AS known_at
