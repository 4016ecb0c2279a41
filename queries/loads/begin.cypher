// name: loads/begin
// mode: write
// params: about
// returns: number
MERGE (s:SchemaState {key: 'schema'})
SET s._lock = true REMOVE s._lock
WITH s
OPTIONAL MATCH (l:Load)
WITH coalesce(max(l.load), 0) + 1 AS number
CREATE (l:Load {key: toString(number), load: number})
SET l += $about
RETURN number
