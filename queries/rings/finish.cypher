// name: rings/finish
// mode: write
// params: key, holder, finished_at, known_at, as_of, backfilled, rings, members
// returns: run
MATCH (x:RingRun {key: $key}) WHERE x.holder = $holder
SET x.finished_at = $finished_at, x.known_at = $known_at, x.as_of = $as_of,
    x.backfilled = $backfilled, x.rings = $rings, x.members = $members
REMOVE x.holder, x.lease_until
RETURN x.run AS run
