// name: rings/evolve_rings
// mode: write
// params: rows, run
// returns: written
UNWIND $rows AS row
MATCH (to:Ring {key: row.ring})
CALL (row) {
  MATCH (before:Ring {key: row.before}) RETURN before
}
MERGE (to)-[e:EVOLVED_FROM {run: $run}]->(before)
RETURN count(*) AS written
