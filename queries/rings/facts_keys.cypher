// name: rings/facts_keys
// mode: read
// params: ids, label
// returns: thing, key
// The names of the identifiers $ids of the type $label, a column each.
UNWIND $ids AS id MATCH (s) WHERE id(s) = id AND $label IN labels(s)
RETURN collect(id(s)) AS thing, collect(s.key) AS key
