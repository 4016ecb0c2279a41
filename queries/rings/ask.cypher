// name: rings/ask
// mode: write
// params: key, run, holder, started_at
// returns: key
// First half of the claim: takes the write lock on the run's node, so that the second half reads what no
// other can change.
MERGE (x:RingRun {key: $key})
ON CREATE SET x.run = $run, x.started_at = $started_at
SET x.asking = $holder
RETURN x.key AS key
