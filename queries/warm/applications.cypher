// name: warm/applications
// mode: read
// params: most
// returns: links
// Reads the links of the newest applications, at most $most, by the index of times.
MATCH (a:Application) WHERE a.known_at >= 0 AND a.seq IS NOT NULL
WITH a ORDER BY a.known_at DESC LIMIT $most
MATCH (a)-[r]-(other)
RETURN count(r.known_at) + count(other.key) AS links
