// The identifier, who named it, and their users; nothing of a hub.
MATCH (i:$$TYPE$$ {key: $identifier})
$$USES(i)$$
UNWIND uses AS use
WITH i, use[0] AS link, use[1] AS t
CALL (i, link, t) {
  RETURN t AS x, link AS via, i AS y
  UNION
  MATCH (u:User)-[by:SUBMITTED|DID]->(t) WHERE $$SEEN(by)$$
  RETURN u AS x, by AS via, t AS y
}
RETURN {type: head(labels(x)), key: x.key, caption: x.masked, known_at: x.known_at} AS a,
       {type: type(via), known_at: via.known_at} AS link,
       {type: head(labels(y)), key: y.key, caption: y.masked, known_at: y.known_at} AS b
