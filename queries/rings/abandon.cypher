// name: rings/abandon
// mode: write
// params: key, holder
// returns: removed
// A run that found nothing changed leaves no trace.
MATCH (x:RingRun {key: $key}) WHERE x.holder = $holder
DELETE x
RETURN count(*) AS removed
