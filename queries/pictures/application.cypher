// The application, what it named, and who named that too; nothing goes on from a hub.
MATCH (a:Application {key: $application})-[mine:$$LINKS$$]->(i) WHERE $$SEEN(mine)$$
$$USES(i)$$
WITH a, mine, i, hub, [use IN uses WHERE use[1] <> a] AS others
CALL (a, mine, i, others) {
  RETURN a AS x, mine AS via, i AS y
  UNION
  UNWIND others AS use
  RETURN use[1] AS x, use[0] AS via, i AS y
  UNION
  UNWIND others + [[mine, a]] AS use
  WITH use[1] AS t
  MATCH (u:User)-[by:SUBMITTED|DID]->(t) WHERE $$SEEN(by)$$
  RETURN u AS x, by AS via, t AS y
}
RETURN {type: head(labels(x)), key: x.key, caption: x.masked, known_at: x.known_at} AS a,
       {type: type(via), known_at: via.known_at} AS link,
       {type: head(labels(y)), key: y.key, caption: y.masked, known_at: y.known_at, hub: hub AND y = i} AS b
