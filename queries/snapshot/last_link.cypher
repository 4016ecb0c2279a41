// name: snapshot/last_link
// mode: read
// params: -
// returns: last
// The greatest internal id of a relationship; -1 in a graph without any.
MATCH ()-[r]->()
RETURN coalesce(max(id(r)), -1) AS last
