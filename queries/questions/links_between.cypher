// name: links_between
// title: How do these two people hang together?
// about: The shortest chains between two users over applications, identifiers, stated relations and calls. No chain
//   goes through a hub; where one was met, or more than a search may look at, the answer says so.
// mode: read
// param: user: user: One of them.
// param: other: user: The other.
// param: hops: integer = 6 [1..6]: Links of a chain, at most; two users of one device are 4 apart.
// column: path: integer: Number of the chain, the shortest first.
// column: hops: integer: Its links.
// column: steps: list: What it goes over, from one user to the other.
// column: first_at: time?: When the first of its links became known.
// column: last_at: time?: When the last did: the chain stands since then.
// column: undated: boolean: Whether a link of it has no time.
// order: path
// seconds: 20
// rows: 20
// picture: paths
// steps: paths
UNWIND $frontier AS id
MATCH (n) WHERE elementId(n) = id
CALL (n) {
  WITH n WHERE $walk[head(labels(n))] IS NOT NULL
  $$USES(n)$$
  UNWIND CASE WHEN hub THEN [[null, null]] ELSE uses END AS use
  RETURN use[0] AS link, use[1] AS other, hub
  UNION ALL
  MATCH (n:Phone)-[link:CONTACTED]-(other)
  WHERE COUNT { (n)-[:CONTACTED]-() } <= $lookback.Phone AND $$SEEN(link)$$
  RETURN link, other, false AS hub
  UNION ALL
  MATCH (n:Application|Event)-[link:$$LINKS$$]->(other) WHERE $$SEEN(link)$$
  RETURN link, other, false AS hub
  UNION ALL
  MATCH (n:Application|Event)<-[link:SUBMITTED|DID]-(other) WHERE $$SEEN(link)$$
  RETURN link, other, false AS hub
  UNION ALL
  MATCH (n:User)-[link:SUBMITTED|DID]->(other) WHERE $$SEEN(link)$$ AND $$SEEN(other)$$
  RETURN link, other, false AS hub
  UNION ALL
  MATCH (n:User)-[link:RELATED_TO]-(other) WHERE $$SEEN(link)$$
  RETURN link, other, false AS hub
}
RETURN {id: elementId(n), type: head(labels(n)), key: n.key, caption: n.masked} AS `from`,
       CASE WHEN other IS NULL THEN null
         ELSE {id: elementId(other), type: head(labels(other)), key: other.key, caption: other.masked} END AS `to`,
       type(link) AS type, link.known_at AS known_at, hub
LIMIT 100000
