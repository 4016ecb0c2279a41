// name: rings/update_rings
// mode: write
// params: rows, run
// returns: written
UNWIND $rows AS row
MATCH (r:Ring {key: row.key})
SET r += row.properties, r.run = $run
RETURN count(*) AS written
