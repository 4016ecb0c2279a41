// name: rings/memory
// mode: read
// params: nodes, links
// returns: projection, available
CALL gds.graph.project.estimate('*', '*', {nodeCount: $nodes, relationshipCount: $links}) YIELD bytesMax
CALL gds.debug.sysInfo() YIELD key, value
WITH bytesMax, key, value WHERE key = 'availableHeapInBytes'
RETURN bytesMax AS projection, value AS available
