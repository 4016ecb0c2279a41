// name: agent_shops
// title: Where does somebody apply for many others?
// about: Devices or lines from which many users apply, each with a card and number of their own: an agent or a shop. A
//   farm looks alike but has few cards; the shares that were refused or are fraud tell a bad agent from a good one.
// mode: read
// param: type: type = Device (Device|IpAddress|Address): What they have in common.
// param: days: integer = 30 [1..366]: How many days to count.
// param: least: integer = 5 [2..1000]: Least users.
// column: id: identifier: Key of what they have in common.
// column: masked: text?: What a person may see of it.
// column: users: integer: Users.
// column: applications: integer: Their applications.
// column: lenders: integer: Lenders asked.
// column: cards: integer: Different cards paid to.
// column: phones: integer: Different own telephone numbers.
// column: active_days: integer: Days on which it was used.
// column: decided: integer: Applications known as approved or refused.
// column: approved: integer: Those approved.
// column: judged: integer: Applications known as fraud or none.
// column: fraud: integer: Those that are.
// column: hub: boolean: Whether it is a hub, which nothing goes on from.
// order: users desc, id
// seconds: 30
// rows: 1000
// picture: no
MATCH $$RECENT(a)$$
MATCH (a)-[link:$$LINK$$]->(i:$$TYPE$$) WHERE $$SEEN(link)$$
WITH i, collect(DISTINCT a) AS named WHERE size(named) >= $least
CALL (named) {
  UNWIND named AS a
  MATCH (u:User)-[by:SUBMITTED]->(a) WHERE $$SEEN(by)$$
  RETURN count(DISTINCT u) AS users
}
WITH i, named, users WHERE users >= $least
CALL (named) {
  UNWIND named AS a
  OPTIONAL MATCH (a)-[l:PAID_TO|GAVE_PHONE]->(x) WHERE $$SEEN(l)$$ AND coalesce(l.role, 'self') = 'self'
  RETURN count(DISTINCT CASE WHEN x:BankCard THEN x END) AS cards, count(DISTINCT CASE WHEN x:Phone THEN x END) AS phones
}
CALL (named) {
  UNWIND named AS a
  WITH a, $$OUTCOME(a, 'approval')$$ AS approval, $$OUTCOME(a, 'fraud')$$ AS bad
  RETURN count(approval) AS decided, count(CASE WHEN approval > 0 THEN 1 END) AS approved,
         count(bad) AS judged, count(CASE WHEN bad > 0 THEN 1 END) AS fraud,
         count(DISTINCT a.lender) AS lenders, count(DISTINCT a.known_at / 86400000000) AS active_days
}
RETURN i.key AS id, i.masked AS masked, users, size(named) AS applications, lenders, cards, phones, active_days,
       decided, approved, judged, fraud, coalesce(i.hub_since < $as_of, false) AS hub
