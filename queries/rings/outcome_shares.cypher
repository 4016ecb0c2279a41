// name: rings/outcome_shares
// mode: read
// params: run, target, users, listed, as_of
// returns: inside, known, positive
// Every application whose outcome was known before $as_of, the latest known of several, inside a ring of at least $users users of the run $run or outside.
MATCH (a:Application) WHERE a.known_at IS NULL OR a.known_at < $as_of
CALL (a) {
  MATCH (a)-[:HAD_OUTCOME]->(o:Outcome) WHERE o.target = $target AND (o.known_at IS NULL OR o.known_at < $as_of)
  RETURN o.value AS value ORDER BY o.known_at IS NULL, o.known_at DESC, o.seq DESC, o.key LIMIT 1
}
WITH value, EXISTS {
  MATCH (a)-[m:MEMBER_OF]->(:Ring)-[:WAS]->(s:RingState)
  WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run)
    AND s.run <= $run AND (s.until IS NULL OR s.until > $run) AND s.users >= $users
    AND (NOT $listed OR s.listed)
} AS inside
RETURN inside, count(*) AS known, sum(CASE WHEN value > 0 THEN 1 ELSE 0 END) AS positive
