// name: rings/outcome_shares
// mode: read
// params: run, target, users, listed, now
// returns: inside, known, positive
// Every application whose outcome is known by $now, the latest known of several, inside a living ring of at least $users users or outside.
MATCH (a:Application)
CALL (a) {
  MATCH (a)-[:HAD_OUTCOME]->(o:Outcome) WHERE o.target = $target AND (o.known_at IS NULL OR o.known_at <= $now)
  RETURN o.value AS value ORDER BY o.known_at IS NULL, o.known_at DESC, o.seq DESC, o.key LIMIT 1
}
WITH value, EXISTS {
  MATCH (a)-[m:MEMBER_OF]->(r:Ring)
  WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run) AND r.users >= $users
    AND (NOT $listed OR r.listed)
} AS inside
RETURN inside, count(*) AS known, sum(CASE WHEN value > 0 THEN 1 ELSE 0 END) AS positive
