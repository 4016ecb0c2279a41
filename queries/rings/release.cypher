// name: rings/release
// mode: write
// params: key, holder
// returns: key
// A run that failed lets the next one start at once; the next one removes what it left.
MATCH (x:RingRun {key: $key}) WHERE x.holder = $holder
SET x.lease_until = 0
RETURN x.key AS key
