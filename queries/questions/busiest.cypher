// name: busiest
// title: Which identifiers of a type are named most?
// about: Counted over the applications of the last days, not over the identifier's whole life: what is busy now. Hubs are
//   listed with these counts, too, and flagged.
// mode: read
// param: type: type: Type of identifier.
// param: days: integer = 30 [1..366]: How many days to count.
// param: least: integer = 2 [1..1000]: Least applications.
// column: id: identifier: Its key.
// column: masked: text?: What a person may see of it.
// column: applications: integer: Applications of these days that name it.
// column: users: integer: Their users.
// column: lenders: integer: Lenders asked.
// column: first_at: time: When the first of them became known.
// column: last_at: time: When the last did.
// column: hub: boolean: Whether it is a hub, which nothing goes on from.
// order: applications desc, id
// seconds: 30
// rows: 1000
// picture: no
MATCH $$RECENT(a)$$
MATCH (a)-[link:$$LINK$$]->(i:$$TYPE$$) WHERE $$SEEN(link)$$
WITH i, count(DISTINCT a) AS applications, collect(DISTINCT a) AS named
WHERE applications >= $least
CALL (named) {
  UNWIND named AS a
  OPTIONAL MATCH (u:User)-[s:SUBMITTED]->(a) WHERE $$SEEN(s)$$
  RETURN count(DISTINCT u) AS users, count(DISTINCT a.lender) AS lenders, min(a.known_at) AS first_at,
         max(a.known_at) AS last_at
}
RETURN i.key AS id, i.masked AS masked, applications, users, lenders, first_at, last_at,
       coalesce(i.hub_since < $as_of, false) AS hub
