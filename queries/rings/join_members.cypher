// name: rings/join_members
// mode: write
// params: rows, run
// returns: written
UNWIND $rows AS row
MATCH (r:Ring {key: row.ring})
UNWIND row.applications AS application
MATCH (a:Application {key: application})
MERGE (a)-[m:MEMBER_OF {since: $run}]->(r)
RETURN count(*) AS written
