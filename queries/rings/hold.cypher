// name: rings/hold
// mode: write
// params: key, holder, lease_us
// returns: key
// Renews the lease; no row when another run has taken over. Stands first in every transaction of a run.
MATCH (x:RingRun {key: $key}) WHERE x.holder = $holder
SET x.lease_until = datetime.realtime().epochMillis * 1000 + $lease_us
RETURN x.key AS key
