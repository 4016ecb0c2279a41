// name: rings/ring_outcomes
// mode: read
// params: key, run, target, as_of
// returns: known, positive
MATCH (:Ring {key: $key})<-[m:MEMBER_OF]-(a:Application)
WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run)
CALL (a) {
  MATCH (a)-[:HAD_OUTCOME]->(o:Outcome) WHERE o.target = $target AND (o.known_at IS NULL OR o.known_at < $as_of)
  RETURN o.value AS value ORDER BY o.known_at IS NULL, o.known_at DESC, o.seq DESC, o.key LIMIT 1
}
RETURN count(*) AS known, sum(CASE WHEN value > 0 THEN 1 ELSE 0 END) AS positive
