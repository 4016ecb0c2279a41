// name: rings/members
// mode: read
// params: key, run, target, now, skip, limit
// returns: application, users, lender, known_at, amount_cents, since, outcome
MATCH (:Ring {key: $key})<-[m:MEMBER_OF]-(a:Application)
WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run)
WITH m, a ORDER BY a.known_at, a.seq, a.key SKIP $skip LIMIT $limit
RETURN a.key AS application, COLLECT { MATCH (u:User)-[:SUBMITTED]->(a) RETURN u.key ORDER BY u.key } AS users,
       a.lender AS lender, a.known_at AS known_at, a.amount_cents AS amount_cents, m.since AS since,
       head(COLLECT { MATCH (a)-[:HAD_OUTCOME]->(o:Outcome) WHERE o.target = $target
                        AND (o.known_at IS NULL OR o.known_at <= $now)
                      RETURN o.value ORDER BY o.known_at IS NULL, o.known_at DESC, o.seq DESC, o.key LIMIT 1
                    }) AS outcome
