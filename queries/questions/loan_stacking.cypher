// name: loan_stacking
// title: Who asked several lenders at once?
// about: Identity numbers, or other things one person owns, with applications at several lenders within the last days.
// mode: read
// param: type: type = IdNumber (IdNumber|BankCard|Phone|Device): What tells the person.
// param: days: integer = 7 [1..90]: How many days to count.
// param: least: integer = 3 [2..100]: Least lenders.
// column: id: identifier: Key of what tells the person.
// column: masked: text?: What a person may see of it.
// column: lenders: integer: Lenders asked.
// column: applications: integer: Applications.
// column: users: integer: Under how many users.
// column: amount: money: What they ask for together.
// column: first_at: time: When the first became known.
// column: last_at: time: When the last did.
// column: hub: boolean: Whether it is a hub, which nothing goes on from.
// order: lenders desc, id
// seconds: 30
// rows: 1000
// picture: no
MATCH $$RECENT(a)$$
MATCH (a)-[link:$$LINK$$]->(i:$$TYPE$$) WHERE $$SEEN(link)$$ AND coalesce(link.role, 'self') = 'self'
WITH i, collect(DISTINCT a) AS named, count(DISTINCT a.lender) AS lenders WHERE lenders >= $least
CALL (named) {
  UNWIND named AS a
  OPTIONAL MATCH (u:User)-[by:SUBMITTED]->(a) WHERE $$SEEN(by)$$
  RETURN count(DISTINCT u) AS users, min(a.known_at) AS first_at, max(a.known_at) AS last_at
}
RETURN i.key AS id, i.masked AS masked, lenders, size(named) AS applications, users,
       reduce(sum = 0, a IN named | sum + coalesce(a.amount_cents, 0)) AS amount, first_at, last_at,
       coalesce(i.hub_since < $as_of, false) AS hub
