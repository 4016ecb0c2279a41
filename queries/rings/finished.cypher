// name: rings/finished
// mode: read
// params: key, finished_at
// returns: run
// Whether the run finished at that moment: asked by the run itself when the reply to its finish was lost.
MATCH (x:RingRun {key: $key}) WHERE x.finished_at = $finished_at
RETURN x.run AS run
