// name: rings/memberships
// mode: read
// params: run
// returns: ring, runs, scores, dissolved_run, application, since, until
// All that ever belonged to each ring up to the run $run, and its score from run to run; a row a ring.
MATCH (r:Ring) WHERE r.born_run <= $run
CALL (r) {
  MATCH (r)<-[m:MEMBER_OF]-(a:Application) WHERE m.since <= $run
  RETURN collect(a.key) AS application, collect(m.since) AS since, collect(coalesce(m.until, 0)) AS until
}
CALL (r) {
  MATCH (r)-[:WAS]->(s:RingState) WHERE s.run <= $run
  WITH s ORDER BY s.run
  RETURN collect(s.run) AS runs, collect(s.score) AS scores
}
RETURN r.key AS ring, runs, scores, r.dissolved_run AS dissolved_run,
       application, since, until
