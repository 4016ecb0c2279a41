// name: rings/runs
// mode: read
// params: -
// returns: run, as_of, known_at, backfilled, rings, members
// Every finished run, in order.
MATCH (x:RingRun) WHERE x.finished_at IS NOT NULL
RETURN x.run AS run, x.as_of AS as_of, x.known_at AS known_at, x.backfilled AS backfilled, x.rings AS rings,
       x.members AS members
ORDER BY run
