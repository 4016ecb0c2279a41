// name: loads/cool
// mode: write
// params: name, before
// returns: nodes
// Take away what warming $name made, and what one left that was killed at it $before.
MATCH (l:Load) WHERE l.key STARTS WITH 'warming:' AND (l.key STARTS WITH $name OR l.started_at < $before)
DETACH DELETE l
RETURN count(*) AS nodes
