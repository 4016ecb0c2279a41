// name: rings/undo_decision
// mode: write
// params: key, undone_at
// returns: undone_at
// Taken back once: a second time changes nothing.
MATCH (d:RingDecision {key: $key})
SET d.undone_at = coalesce(d.undone_at, $undone_at)
RETURN d.undone_at AS undone_at
