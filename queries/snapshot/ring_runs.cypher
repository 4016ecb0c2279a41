// name: snapshot/ring_runs
// mode: read
// params: -
// returns: run, finished_at
MATCH (x:RingRun)
RETURN x.run AS run, x.finished_at AS finished_at
ORDER BY run
