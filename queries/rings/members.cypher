// name: rings/members
// mode: read
// params: key, run, target, as_of, after, limit
// returns: at, nth, application, users, lender, known_at, amount_cents, since, outcome
// The members in the order of facts, undated ones last, as the run $run left them; outcomes known before $as_of.
MATCH (:Ring {key: $key})<-[m:MEMBER_OF]-(a:Application)
WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run)
WITH m, a, a.key AS application,
     coalesce(a.known_at, 4611686018427387904) AS at, coalesce(a.seq, 4611686018427387904) AS nth
WHERE $after IS NULL OR at > $after[0] OR (at = $after[0] AND nth > $after[1])
  OR (at = $after[0] AND nth = $after[1] AND application > $after[2])
WITH * ORDER BY at, nth, application LIMIT $limit
RETURN at, nth, application,
       COLLECT { MATCH (u:User)-[s:SUBMITTED]->(a) WHERE s.known_at IS NULL OR s.known_at < $as_of
                 RETURN u.key ORDER BY u.key } AS users,
       a.lender AS lender, a.known_at AS known_at, a.amount_cents AS amount_cents, m.since AS since,
       head(COLLECT { MATCH (a)-[:HAD_OUTCOME]->(o:Outcome) WHERE o.target = $target
                        AND (o.known_at IS NULL OR o.known_at < $as_of)
                      RETURN o.value ORDER BY o.known_at IS NULL, o.known_at DESC, o.seq DESC, o.key LIMIT 1
                    }) AS outcome
ORDER BY at, nth, application
