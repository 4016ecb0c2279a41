// name: snapshot/last_node
// mode: read
// params: -
// returns: last
// The greatest internal id of a node; -1 in an empty graph.
MATCH (n)
RETURN coalesce(max(id(n)), -1) AS last
