// name: rings/decisions
// mode: read
// params: -
// returns: key, kind, ring, listed, made_at, undone_at, made_by, note, stays, goes
MATCH (d:RingDecision)
RETURN d.key AS key, d.kind AS kind, d.ring AS ring, d.listed AS listed, d.made_at AS made_at,
       d.undone_at AS undone_at, d.made_by AS made_by, d.note AS note,
       COLLECT { MATCH (d)-[n:DECIDES {part: 0}]->(a:Application) RETURN a.key ORDER BY a.key } AS stays,
       COLLECT { MATCH (d)-[n:DECIDES {part: 1}]->(a:Application) RETURN a.key ORDER BY a.key } AS goes
ORDER BY made_at, key
