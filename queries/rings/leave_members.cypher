// name: rings/leave_members
// mode: write
// params: rows, run
// returns: written
UNWIND $rows AS row
MATCH (r:Ring {key: row.ring})
UNWIND row.applications AS application
MATCH (a:Application {key: application})-[m:MEMBER_OF]->(r) WHERE m.until IS NULL
SET m.until = $run
RETURN count(*) AS written
