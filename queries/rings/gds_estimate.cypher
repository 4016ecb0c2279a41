// name: rings/gds_estimate
// mode: read
// params: nodes, relationships
// returns: bytes
// Bytes of heap that a projection of that size and its components take at most.
CALL gds.graph.project.estimate('*', {TIED: {type: '*', orientation: 'UNDIRECTED', properties: 'strength'}},
  {nodeCount: $nodes, relationshipCount: $relationships}) YIELD bytesMax AS projection
CALL gds.wcc.stream.estimate({nodeProjection: '*', relationshipProjection: '*',
  nodeCount: $nodes, relationshipCount: $relationships}, {}) YIELD bytesMax AS components
RETURN projection + components AS bytes
