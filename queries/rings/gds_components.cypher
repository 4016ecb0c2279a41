// name: rings/gds_components
// mode: read
// params: name, threshold, block
// returns: kind, key, component
// The component of each node of the projection $name under relationships stronger than $threshold, a column each.
CALL gds.wcc.stream($name, {relationshipWeightProperty: 'strength', threshold: $threshold})
YIELD nodeId, componentId
WITH gds.util.asNode(nodeId) AS n, componentId, nodeId / $block AS part
RETURN part, collect(labels(n)[0]) AS kind, collect(n.key) AS key, collect(componentId) AS component
