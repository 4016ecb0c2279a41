// name: touching_fraud
// title: Which new applications touch known fraud?
// about: Applications of the last days that named a device, card, identity number or any other identifier of an application
//   that was known as fraud before them. Hubs are passed over.
// mode: read
// param: days: integer = 1 [1..30]: How many days count as new.
// column: known_at: time: When the application became known.
// column: application: application: The application.
// column: user: user?: Its user.
// column: lender: text?: Who was asked.
// column: amount: money?: What was asked for.
// column: touches: integer: Applications known as fraud before it that share something with it.
// column: by: list: Types of what they share.
// column: hubs: integer: Identifiers of it that are hubs and were passed over.
// order: touches desc, known_at desc, application, user
// seconds: 30
// rows: 1000
// picture: no
MATCH $$RECENT(a)$$
MATCH (a)-[mine:$$LINKS$$]->(i) WHERE $$SEEN(mine)$$
WITH i, collect(DISTINCT a) AS fresh
$$USES(i)$$
CALL (uses) {
  UNWIND uses AS use
  WITH DISTINCT use[1] AS b WHERE b:Application
  MATCH (b)-[:HAD_OUTCOME]->(o:Outcome) WHERE o.target = 'fraud' AND o.value > 0 AND $$SEEN(o)$$ AND $$OUTCOME(b, 'fraud')$$ > 0
  WITH b, min(o.known_at) AS at
  RETURN collect({b: b, at: at}) AS frauds
}
UNWIND fresh AS a
WITH a, i, hub, [f IN frauds WHERE f.b <> a AND coalesce(f.at, 0) <= a.known_at | f.b.key] AS bad
ORDER BY head(labels(i))
WITH a, sum(CASE WHEN hub THEN 1 ELSE 0 END) AS hubs, collect(bad) AS lists,
     collect(DISTINCT CASE WHEN size(bad) > 0 THEN head(labels(i)) END) AS by
WHERE size(by) > 0
OPTIONAL MATCH (u:User)-[s:SUBMITTED]->(a) WHERE $$SEEN(s)$$
RETURN a.known_at AS known_at, a.key AS application, u.key AS user, a.lender AS lender, a.amount_cents AS amount,
       COUNT { UNWIND lists AS list UNWIND list AS key RETURN DISTINCT key } AS touches, by, hubs
