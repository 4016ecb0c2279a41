// name: rings/ring_components
// mode: read
// params: projection
// returns: components
// Components with two users or more: what may be a ring. Only numbers leave the server here, so that members of
// the many others, one person's applications, are never sent.
CALL gds.graph.nodeProperty.stream($projection, 'component') YIELD nodeId, propertyValue
WITH gds.util.asNode(nodeId) AS a, propertyValue AS component WHERE a:Application
MATCH (u:User)-[:SUBMITTED]->(a)
WITH component, min(u.key) AS first, max(u.key) AS last
WHERE first <> last
RETURN collect(component) AS components
