// name: rings/leftovers
// mode: read
// params: run
// returns: id, kind
MATCH ()-[m:MEMBER_OF]->() WHERE m.since = $run RETURN elementId(m) AS id, 'begun' AS kind
UNION ALL
MATCH ()-[m:MEMBER_OF]->() WHERE m.until = $run RETURN elementId(m) AS id, 'ended' AS kind
UNION ALL
MATCH ()-[e:EVOLVED_FROM]->() WHERE e.run = $run RETURN elementId(e) AS id, 'begun' AS kind
