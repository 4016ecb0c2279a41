// name: rings/component_members
// mode: read
// params: projection, components, missing
// returns: component, key, user, known_at, seq, amount_cents
// A row per component with its members as columns: several times faster over Bolt than a row each. `collect`
// drops what is missing, so it travels as $missing, and a missing user as ''.
CALL gds.graph.nodeProperty.stream($projection, 'component') YIELD nodeId, propertyValue
WITH nodeId, propertyValue AS component WHERE component IN $components
WITH gds.util.asNode(nodeId) AS a, component WHERE a:Application
OPTIONAL MATCH (u:User)-[:SUBMITTED]->(a)
RETURN component, collect(a.key) AS key, collect(coalesce(u.key, '')) AS user,
       collect(coalesce(a.known_at, $missing)) AS known_at, collect(coalesce(a.seq, $missing)) AS seq,
       collect(coalesce(a.amount_cents, $missing)) AS amount_cents
