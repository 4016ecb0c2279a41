// name: rings/facts_users
// mode: read
// params: ids
// returns: user_id
// The users of the applications and events $ids, each once, as one column.
UNWIND $ids AS id MATCH (t) WHERE id(t) = id
MATCH (u:User)-[:SUBMITTED|DID]->(t)
RETURN collect(DISTINCT id(u)) AS user_id
