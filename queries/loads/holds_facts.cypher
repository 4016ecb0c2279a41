// name: loads/holds_facts
// mode: read
// params: -
// returns: holds
// Both counts come from the count store; the schema's own record is no fact.
MATCH (n)
WITH count(n) AS nodes
OPTIONAL MATCH (s:SchemaState)
WITH nodes, count(s) AS own
RETURN nodes > own AS holds
