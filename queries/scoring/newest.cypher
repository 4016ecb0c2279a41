// name: scoring/newest
// mode: read
// params: most
// returns: key
// Keys of the newest applications, at most $most, by the index of times.
MATCH (a:Application) WHERE a.known_at >= 0 AND a.seq IS NOT NULL
RETURN a.key AS key ORDER BY a.known_at DESC LIMIT $most
