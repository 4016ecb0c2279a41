// name: used_since_flagged
// title: Who used this since it was flagged?
// about: Applications and events that named the identifier after the first of its applications was known to have the
//   outcome. They could have been stopped.
// mode: read
// param: type: type: Type of identifier.
// param: identifier: identifier: Its key.
// param: target: text = fraud: The outcome that flags it.
// column: flagged_at: time?: When the outcome first became known; not looked for on a hub.
// column: known_at: time?: When the application became known; missing on a hub.
// column: application: application?: The application or event that named it since.
// column: user: user?: Its user.
// column: lender: text?: Who was asked.
// column: amount: money?: What was asked for.
// column: days_after: number?: Days from the flag.
// column: hub: boolean: Whether it is a hub; who used it is not looked at then.
// order: known_at desc, application, user
// seconds: 20
// rows: 1000
// picture: identifier
MATCH (i:$$TYPE$$ {key: $identifier})
$$USES(i)$$
CALL (uses) {
  UNWIND uses AS use
  WITH use[1] AS a
  MATCH (a)-[:HAD_OUTCOME]->(o:Outcome) WHERE o.target = $target AND o.value > 0 AND $$SEEN(o)$$
  RETURN min(o.known_at) AS flagged_at
}
WITH uses, hub, flagged_at WHERE hub OR flagged_at IS NOT NULL
UNWIND CASE WHEN hub THEN [null] ELSE [use IN uses WHERE use[0].known_at > flagged_at] END AS use
WITH DISTINCT hub, flagged_at, use[0].known_at AS known_at, use[1] AS a
OPTIONAL MATCH (u:User)-[by:SUBMITTED|DID]->(a) WHERE $$SEEN(by)$$
RETURN flagged_at, known_at, a.key AS application, u.key AS user, a.lender AS lender,
       a.amount_cents AS amount, round((known_at - flagged_at) / 86400000000.0, 2) AS days_after, hub
