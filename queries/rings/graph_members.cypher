// name: rings/graph_members
// mode: read
// params: key, run, target, as_of, limit
// returns: applications, people, submitted, application, properties, users, since, outcome
// The first $limit members in the order of facts, a row each; each row repeats the counts of all members.
MATCH (:Ring {key: $key})<-[m:MEMBER_OF]-(a:Application)
WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run)
WITH m, a ORDER BY a.known_at, a.seq, a.key
WITH collect(a) AS members, collect(m.since) AS begun
CALL (members) {
  UNWIND members AS a
  MATCH (u:User)-[s:SUBMITTED]->(a) WHERE s.known_at IS NULL OR s.known_at < $as_of
  RETURN count(DISTINCT u) AS people, count(*) AS submitted
}
UNWIND range(0, size(members[..$limit]) - 1) AS place
WITH size(members) AS applications, people, submitted, members[place] AS a, begun[place] AS since
RETURN applications, people, submitted, a.key AS application, properties(a) AS properties,
       COLLECT { MATCH (u:User)-[s:SUBMITTED]->(a) WHERE s.known_at IS NULL OR s.known_at < $as_of
                RETURN {key: u.key, known_at: s.known_at} ORDER BY u.key } AS users,
       since,
       head(COLLECT { MATCH (a)-[:HAD_OUTCOME]->(o:Outcome) WHERE o.target = $target
                        AND (o.known_at IS NULL OR o.known_at < $as_of)
                      RETURN o.value ORDER BY o.known_at IS NULL, o.known_at DESC, o.seq DESC, o.key LIMIT 1
                    }) AS outcome
