// name: scoring/newest
// mode: read
// params: most
// returns: key, user, named
// The newest applications, at most $most, by the index of times: their keys, those of their users, and what they name.
MATCH (a:Application) WHERE a.known_at >= 0 AND a.seq IS NOT NULL
WITH a ORDER BY a.known_at DESC LIMIT $most
RETURN a.key AS key,
       head(COLLECT { MATCH (u:User)-[:SUBMITTED]->(a) RETURN u.key LIMIT 1 }) AS user,
       COLLECT { MATCH (a)-[r]->(i) WHERE i.masked IS NOT NULL RETURN {label: head(labels(i)), key: i.key, role: r.role} LIMIT 20 } AS named
