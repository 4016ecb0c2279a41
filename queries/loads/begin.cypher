// name: loads/begin
// mode: write
// params: about
// returns: number
// Those of warming, which may stand just now, are no loads: after -1 came 0, which no snapshot takes.
MERGE (s:SchemaState {key: 'schema'})
SET s._lock = true REMOVE s._lock
WITH s
OPTIONAL MATCH (l:Load) WHERE l.load > 0
WITH coalesce(max(l.load), 0) + 1 AS number
CREATE (l:Load {key: toString(number), load: number})
SET l += $about
RETURN number
