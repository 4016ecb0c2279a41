// The members of the ring, their users, and what at least two of these users named; no hubs.
MATCH $$MEMBERS(m, member)$$
MATCH (u:User)-[by:SUBMITTED]->(member) WHERE $$SEEN(by)$$
CALL (member, u, by) {
  RETURN u AS x, by AS via, member AS y
  UNION
  MATCH (member)-[link:$$LINKS$$]->(i) WHERE $$SEEN(link)$$ AND NOT coalesce(i.hub_since < $as_of, false)
    AND COUNT { (i)<-[:$$LINKS$$]-() } > 1
  RETURN member AS x, link AS via, i AS y
}
WITH collect(DISTINCT {x: x, via: via, y: y, u: u}) AS all
CALL (all) {
  UNWIND all AS one
  WITH one.y AS y, count(DISTINCT one.u) AS people WHERE people > 1
  RETURN collect(y) AS shared
}
UNWIND all AS one
WITH one.x AS x, one.via AS via, one.y AS y, shared WHERE y:Application OR y IN shared
RETURN {type: head(labels(x)), key: x.key, caption: x.masked, known_at: x.known_at} AS a,
       {type: type(via), known_at: via.known_at} AS link,
       {type: head(labels(y)), key: y.key, caption: y.masked, known_at: y.known_at} AS b
