// name: rings/run_as_of
// mode: read
// params: as_of
// returns: run
// The last run that was known by then; 0 when none was.
MATCH (x:RingRun) WHERE x.finished_at IS NOT NULL AND coalesce(x.known_at, x.finished_at) <= $as_of
RETURN coalesce(max(x.run), 0) AS run
