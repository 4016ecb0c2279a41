// The user, their applications and events, what these named, and stated relations.
MATCH (u:User {key: $user})
CALL (u) {
  MATCH (u)-[by:SUBMITTED|DID]->(t) WHERE $$SEEN(by)$$ AND $$SEEN(t)$$
  RETURN u AS x, by AS via, t AS y
  UNION
  MATCH (u)-[by:SUBMITTED|DID]->(t)-[link:$$LINKS$$]->(i) WHERE $$SEEN(by)$$ AND $$SEEN(t)$$ AND $$SEEN(link)$$
  RETURN t AS x, link AS via, i AS y
  UNION
  MATCH (u)-[k:RELATED_TO]-(v:User) WHERE $$SEEN(k)$$
  RETURN startNode(k) AS x, k AS via, endNode(k) AS y
}
RETURN {type: head(labels(x)), key: x.key, caption: x.masked, known_at: x.known_at} AS a,
       {type: type(via), known_at: via.known_at} AS link,
       {type: head(labels(y)), key: y.key, caption: y.masked, known_at: y.known_at} AS b
