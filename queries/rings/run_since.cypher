// name: rings/run_since
// mode: read
// params: since
// returns: run
// The first run known from $since on; null when there is none.
MATCH (x:RingRun) WHERE x.finished_at IS NOT NULL AND coalesce(x.known_at, x.finished_at) >= $since
RETURN min(x.run) AS run
