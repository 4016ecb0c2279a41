// name: rings/forget_runs
// mode: write
// params: but
// returns: left
// Deletes all runs at once, but the one of the key $but: without a finished run there is no ring to be seen.
MATCH (x:RingRun) WHERE x.key <> $but
DETACH DELETE x
RETURN count(*) AS left
