// name: loads/warm
// mode: write
// params: lock
// returns: key
// A commit that says nothing of anybody: the first ones of a server that was just started take ten times as long as the next.
MATCH (s:SchemaState {key: 'schema'})
SET s._lock = $lock
RETURN s.key AS key
