// name: rings/dissolve_rings
// mode: write
// params: keys, run
// returns: written
UNWIND $keys AS key
MATCH (r:Ring {key: key})
SET r.dissolved_run = $run, r.run = $run
RETURN count(*) AS written
