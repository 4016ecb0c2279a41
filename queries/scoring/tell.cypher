// name: scoring/tell
// mode: write
// params: rows
// returns: key
UNWIND $rows AS row
MATCH (a:Application {key: row.application})
MERGE (d:Decision {key: row.key})
SET d += row.properties
MERGE (a)-[:HAD_DECISION]->(d)
RETURN d.key AS key
