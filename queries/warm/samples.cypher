// name: warm/samples
// mode: read
// params: -
// returns: application, user, things, ring
// A few nodes to try reads on: the newest application with its user and identifiers, and a ring. No row where there is none.
MATCH (a:Application) WHERE a.known_at >= 0 AND a.seq IS NOT NULL
WITH a ORDER BY a.known_at DESC LIMIT 1
RETURN a.key AS application,
       head(COLLECT { MATCH (u:User)-[:SUBMITTED]->(a) RETURN u.key LIMIT 1 }) AS user,
       COLLECT { MATCH (a)-->(i) WHERE i.masked IS NOT NULL RETURN {type: head(labels(i)), key: i.key} LIMIT 50 } AS things,
       head(COLLECT { MATCH (r:Ring) RETURN r.key LIMIT 1 }) AS ring
