// name: rings/memberships
// mode: read
// params: run
// returns: ring, scored_runs, scores, dissolved_run, application, since, until
// All that ever belonged to each ring up to the run $run, and its score from run to run; a row a ring.
MATCH (r:Ring) WHERE r.born_run <= $run
CALL (r) {
  MATCH (r)<-[m:MEMBER_OF]-(a:Application) WHERE m.since <= $run
  RETURN collect(a.key) AS application, collect(m.since) AS since, collect(coalesce(m.until, 0)) AS until
}
RETURN r.key AS ring, r.scored_runs AS scored_runs, r.scores AS scores, r.dissolved_run AS dissolved_run,
       application, since, until
