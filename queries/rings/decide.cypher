// name: rings/decide
// mode: write
// params: key, kind, ring, listed, made_at, made_by, note, stays, goes
// returns: named
// Written once under its name: tried again it stays as it is.
MERGE (d:RingDecision {key: $key})
ON CREATE SET d.kind = $kind, d.ring = $ring, d.listed = $listed, d.made_at = $made_at, d.made_by = $made_by,
              d.note = $note
WITH d
UNWIND [[0, $stays], [1, $goes]] AS side
UNWIND side[1] AS application
MATCH (a:Application {key: application})
MERGE (d)-[:DECIDES {part: side[0]}]->(a)
RETURN count(*) AS named
