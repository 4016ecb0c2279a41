// name: rings/remove_rings
// mode: write
// params: run
// returns: removed
// Rings that an unfinished run made; their links are gone already.
MATCH (r:Ring) WHERE r.born_run = $run
DETACH DELETE r
RETURN count(*) AS removed
