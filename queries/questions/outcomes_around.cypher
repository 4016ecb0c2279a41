// name: outcomes_around
// title: What became of those around this application?
// about: Outcomes of the other applications that named an identifier of this one, a row per identifier and target; the
//   latest known of several holds. Hubs are one row without counts.
// mode: read
// param: application: application: The application asked about.
// column: type: type: Type of what is shared.
// column: id: identifier: Its key.
// column: masked: text?: What a person may see of it.
// column: target: text?: Which outcome; missing where none is known.
// column: neighbours: integer: Other applications that named it.
// column: known: integer: Those whose outcome is known.
// column: positive: integer: Those that have it (value above 0).
// column: last_at: time?: When the last of these outcomes became known.
// column: hub: boolean: Whether it is a hub; what is behind it is not looked at.
// order: positive desc, type, id, target
// seconds: 20
// rows: 1000
// picture: application
MATCH (a:Application {key: $application})-[mine:$$LINKS$$]->(i) WHERE $$SEEN(mine)$$
WITH DISTINCT a, i
$$USES(i)$$
CALL (a, uses) {
  UNWIND uses AS use
  WITH DISTINCT a, use[1] AS b
  WITH b WHERE b:Application AND b <> a
  RETURN collect(b) AS others
}
WITH i, hub, others WHERE hub OR size(others) > 0
CALL (others) {
  UNWIND others AS b
  MATCH (b)-[:HAD_OUTCOME]->(o:Outcome) WHERE $$SEEN(o)$$
  WITH b, o ORDER BY o.known_at IS NULL, o.known_at DESC, o.seq DESC, o.key
  WITH b, o.target AS target, collect(o)[0] AS latest
  WITH target, count(b) AS known, count(CASE WHEN latest.value > 0 THEN 1 END) AS positive, max(latest.known_at) AS last_at
  RETURN collect({target: target, known: known, positive: positive, last_at: last_at}) AS outcomes
}
UNWIND CASE WHEN size(outcomes) = 0 THEN [{known: 0, positive: 0}] ELSE outcomes END AS one
RETURN head(labels(i)) AS type, i.key AS id, i.masked AS masked, one.target AS target, size(others) AS neighbours,
       one.known AS known, one.positive AS positive, one.last_at AS last_at, hub
