// name: rings/member_users
// mode: read
// params: key, run
// returns: key, listed, dissolved_run, application, users
// A ring as the finished run $run left it: each of its applications with their users.
MATCH (r:Ring {key: $key}) WHERE r.born_run <= $run
OPTIONAL MATCH (r)<-[m:MEMBER_OF]-(a:Application)
WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run)
RETURN r.key AS key, r.listed AS listed, r.dissolved_run AS dissolved_run, a.key AS application,
       COLLECT { MATCH (u:User)-[:SUBMITTED]->(a) RETURN u.key } AS users
