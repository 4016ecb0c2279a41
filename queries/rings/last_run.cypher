// name: rings/last_run
// mode: read
// params: -
// returns: run, finished_at, known_at, as_of, rings, members
MATCH (x:RingRun) WHERE x.finished_at IS NOT NULL
RETURN x.run AS run, x.finished_at AS finished_at, x.known_at AS known_at, x.as_of AS as_of, x.rings AS rings, x.members AS members
ORDER BY run DESC LIMIT 1
