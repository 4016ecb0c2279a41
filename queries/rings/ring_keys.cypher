// name: rings/ring_keys
// mode: read
// params: -
// returns: keys
// Every name ever given, dissolved rings included.
MATCH (r:Ring) RETURN collect(r.key) AS keys
