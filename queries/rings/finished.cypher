// name: rings/finished
// mode: read
// params: key, finished_at
// returns: known_at, waits
// Whether the run finished at that moment: asked by the run itself when the reply to its finish was lost.
MATCH (x:RingRun {key: $key}) WHERE x.finished_at = $finished_at
RETURN x.known_at AS known_at, x.known_at > x.finished_at AND NOT x.backfilled AS waits
