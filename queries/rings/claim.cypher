// name: rings/claim
// mode: write
// params: key, holder, started_at, lease_us
// returns: leftovers
// Second half: the run is ours unless it has finished or somebody's lease on it still lasts. Leases are
// measured on the server's clock alone.
MATCH (x:RingRun {key: $key})
WHERE x.finished_at IS NULL AND coalesce(x.lease_until, 0) <= datetime.realtime().epochMillis * 1000
WITH x, x.holder IS NOT NULL AS leftovers
SET x.holder = $holder, x.started_at = $started_at,
    x.lease_until = datetime.realtime().epochMillis * 1000 + $lease_us
REMOVE x.asking
RETURN leftovers
