// name: rings/stray_projections
// mode: read
// params: prefix
// returns: name
// Projections of runs that were killed: they hold the server's memory until somebody drops them.
CALL gds.graph.list() YIELD graphName
WITH graphName WHERE graphName STARTS WITH $prefix
RETURN graphName AS name
