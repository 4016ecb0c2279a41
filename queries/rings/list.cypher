// name: rings/list
// mode: read
// params: run, listed, least, tied, born, name, lender, sort, after, limit
// returns: first, total, key, born_run, run, dissolved_run, applications, users, first_at, last_at, amount_cents, at_risk_cents, shared, score, listed, reasons
// The rings of the run $run: those that did not change since, as they are, and what those were that did.
CALL () {
  MATCH (r:Ring) WHERE r.listed IN $listed AND r.score >= $least AND r.run <= $run AND r.dissolved_run IS NULL
  RETURN r, r AS s
  UNION ALL
  MATCH (s:RingState) WHERE s.listed IN $listed AND s.until > $run AND s.run <= $run AND s.score >= $least
  MATCH (r:Ring)-[:WAS]->(s) WHERE r.run > $run
  RETURN r, s
}
WITH r, s,
     toFloat(CASE $sort WHEN 'score' THEN s.score WHEN 'size' THEN s.applications WHEN 'money' THEN s.at_risk_cents
             ELSE coalesce(s.last_at, -4611686018427387904) END) AS first
WHERE r.born_run >= $born
  AND ($tied IS NULL OR (', ' + s.shared) CONTAINS (', ' + $tied + '='))
  AND ($name IS NULL OR r.key CONTAINS $name)
  AND ($lender IS NULL OR EXISTS {
    MATCH (r)<-[m:MEMBER_OF]-(a:Application)
    WHERE a.lender = $lender AND m.since <= $run AND (m.until IS NULL OR m.until > $run)
  })
WITH collect({r: r, s: s, first: first}) AS found
UNWIND found AS one
WITH one.r AS r, one.s AS s, one.first AS first, size(found) AS total
WITH r, s, first, total, s.applications AS applications, r.key AS key
WHERE $after IS NULL OR first < $after[0] OR (first = $after[0] AND applications < $after[1])
  OR (first = $after[0] AND applications = $after[1] AND key > $after[2])
WITH * ORDER BY first DESC, applications DESC, key LIMIT $limit
RETURN first, total, key, r.born_run AS born_run, s.run AS run, null AS dissolved_run, applications, s.users AS users,
       s.first_at AS first_at, s.last_at AS last_at, s.amount_cents AS amount_cents, s.at_risk_cents AS at_risk_cents,
       s.shared AS shared, s.score AS score, s.listed AS listed, s.reasons AS reasons
ORDER BY first DESC, applications DESC, key
