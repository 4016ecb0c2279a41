// name: loads/sources
// mode: read
// params: -
// returns: source
MATCH (l:Load) WHERE l.load > 0
RETURN DISTINCT l.source AS source
ORDER BY source LIMIT 100
