// name: rings/update_rings
// mode: write
// params: rows, run
// returns: written
UNWIND $rows AS row
MATCH (r:Ring {key: row.key})
SET r += row.properties, r.run = $run,
    r.scored_runs = coalesce(r.scored_runs, []) + $run, r.scores = coalesce(r.scores, []) + row.properties.score
RETURN count(*) AS written
