// name: rings/gds_drop
// mode: read
// params: prefix
// returns: dropped
// Drops the projections whose name begins with $prefix.
CALL gds.graph.list() YIELD graphName WITH graphName WHERE graphName STARTS WITH $prefix
CALL gds.graph.drop(graphName, false) YIELD graphName AS name
RETURN collect(name) AS dropped
