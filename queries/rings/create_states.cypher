// name: rings/create_states
// mode: write
// params: rows, run
// returns: written
// What rings are from this run on; readers see it once the run has finished. A chunk tried again writes the same.
UNWIND $rows AS row
MATCH (r:Ring {key: row.ring})
CALL (r) {
  OPTIONAL MATCH (r)-[:WAS]->(old:RingState) WHERE old.until IS NULL AND old.run < $run
  SET old.until = $run
}
MERGE (s:RingState {key: row.key})
SET s += row.properties, s.run = $run
MERGE (r)-[:WAS]->(s)
RETURN count(*) AS written
