// name: several_identities
// title: Which devices carry several identities?
// about: Identifiers of the last days whose applications state several identity numbers: one person under many names, or
//   one who applies for others.
// mode: read
// param: type: type = Device (Device|Phone|IpAddress|BankCard|Email): What they have in common.
// param: days: integer = 30 [1..366]: Named in these last days; all its applications count.
// param: least: integer = 3 [2..1000]: Least identity numbers.
// column: id: identifier: Key of what they have in common.
// column: masked: text?: What a person may see of it.
// column: identities: integer: Different identity numbers.
// column: users: integer: Users.
// column: applications: integer: Applications.
// column: lenders: integer: Lenders asked.
// column: first_at: time?: When the first of them became known.
// column: last_at: time?: When the last did.
// column: hub: boolean: Whether it is a hub; what it carries is not looked at.
// order: identities desc, id
// seconds: 30
// rows: 1000
// picture: no
MATCH $$RECENT(a)$$
MATCH (a)-[mine:$$LINK$$]->(i:$$TYPE$$) WHERE $$SEEN(mine)$$
WITH DISTINCT i WHERE COUNT { (i)<-[:$$LINK$$]-() } >= $least
$$USES(i)$$
CALL (uses) {
  UNWIND uses AS use
  WITH DISTINCT use[1] AS a WHERE a:Application
  OPTIONAL MATCH (a)-[h:HAS_ID]->(n:IdNumber) WHERE $$SEEN(h)$$
  OPTIONAL MATCH (u:User)-[by:SUBMITTED]->(a) WHERE $$SEEN(by)$$
  RETURN count(DISTINCT n) AS identities, count(DISTINCT u) AS users, count(DISTINCT a) AS applications,
         count(DISTINCT a.lender) AS lenders, min(a.known_at) AS first_at, max(a.known_at) AS last_at
}
WITH * WHERE hub OR identities >= $least
RETURN i.key AS id, i.masked AS masked, identities, users, applications, lenders, first_at, last_at, hub
