// name: warm/nodes
// mode: read
// params: most
// returns: nodes
// Reads the properties of at most $most nodes: what is read is in the page cache afterwards.
MATCH (n) WITH n LIMIT $most
RETURN count(n.key) AS nodes
