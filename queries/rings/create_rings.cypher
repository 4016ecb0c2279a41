// name: rings/create_rings
// mode: write
// params: rows, run
// returns: written
// A chunk that is tried again writes the same.
UNWIND $rows AS row
MERGE (r:Ring {key: row.key})
SET r += row.properties, r.born_run = $run, r.run = $run
RETURN count(*) AS written
