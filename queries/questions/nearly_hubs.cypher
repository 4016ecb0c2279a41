// name: nearly_hubs
// title: Which identifiers are about to become hubs?
// about: Identifiers named in the last days whose links come near the limit of their type. Once past it they are
//   reported, never walked: look at them before, or raise `walk` of the type.
// mode: read
// param: days: integer = 7 [1..90]: Days over which the pace is counted.
// param: percent: integer = 80 [10..100]: Least share of the limit, in percent.
// column: type: type: Type of identifier.
// column: id: identifier: Its key.
// column: masked: text?: What a person may see of it.
// column: links: integer: Links it has.
// column: walk: integer: The limit of its type.
// column: recent: integer: Links of these days.
// column: days_left: number?: Days until it passes the limit at this pace.
// order: links desc, type, id
// seconds: 30
// rows: 1000
// picture: no
MATCH $$RECENT(a)$$
MATCH (a)-[:$$LINKS$$]->(i)
WITH DISTINCT i
WHERE COUNT { (i)<-[:$$LINKS$$]-() } * 100 >= $percent * $walk[head(labels(i))]
$$USES(i)$$
WITH i, hub, size(uses) AS links, $walk[head(labels(i))] AS walk,
     size([use IN uses WHERE use[0].known_at >= $as_of - $days * 86400000000]) AS recent
WHERE NOT hub AND recent > 0 AND links * 100 >= $percent * walk
RETURN head(labels(i)) AS type, i.key AS id, i.masked AS masked, links, walk, recent,
       round((walk - links + 1) * 1.0 * $days / recent, 1) AS days_left
