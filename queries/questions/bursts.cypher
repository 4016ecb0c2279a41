// name: bursts
// title: Where did many applications come in within minutes?
// about: Identifiers of any type that several applications named within minutes of each other, each with its densest
//   burst of the last days. Hubs are busy all day; they are flagged and their bursts are not looked for.
// mode: read
// param: days: integer = 7 [1..90]: How many days to look through.
// param: minutes: integer = 15 [1..1440]: Length of a burst, at most.
// param: least: integer = 3 [2..1000]: Applications of a burst, at least.
// column: type: type: Type of identifier.
// column: id: identifier: Its key.
// column: masked: text?: What a person may see of it.
// column: applications: integer: Applications of the burst; of a hub, those of all these days.
// column: users: integer: Their users.
// column: lenders: integer: Lenders asked.
// column: began_at: time?: When its first application became known.
// column: ended_at: time?: When its last did.
// column: hub: boolean: Whether it is a hub, which nothing goes on from.
// order: applications desc, type, id
// seconds: 30
// rows: 1000
// picture: no
MATCH $$RECENT(a)$$
MATCH (a)-[link:$$LINKS$$]->(i) WHERE $$SEEN(link)$$
WITH DISTINCT i, a ORDER BY a.known_at, a.seq
WITH i, collect(a) AS named, coalesce(i.hub_since < $as_of, false) AS hub
WITH i, named, hub, $minutes * 60000000 AS within WHERE size(named) >= $least
WITH i, named, hub, within, CASE WHEN hub THEN [0] ELSE
  [n IN range(0, size(named) - $least) WHERE named[n + $least - 1].known_at - named[n].known_at <= within][..200]
  END AS starts
UNWIND starts AS n
WITH i, hub, n, CASE WHEN hub THEN named ELSE
  [a IN named[n..] WHERE a.known_at - named[n].known_at <= within] END AS burst
ORDER BY size(burst) DESC, n
WITH i, hub, collect(burst)[0] AS burst
CALL (burst) {
  UNWIND burst AS a
  OPTIONAL MATCH (u:User)-[s:SUBMITTED]->(a) WHERE $$SEEN(s)$$
  RETURN count(DISTINCT u) AS users, count(DISTINCT a.lender) AS lenders
}
RETURN head(labels(i)) AS type, i.key AS id, i.masked AS masked, size(burst) AS applications, users, lenders,
       CASE WHEN NOT hub THEN burst[0].known_at END AS began_at, CASE WHEN NOT hub THEN last(burst).known_at END AS ended_at,
       hub
