// name: ring_changed_since
// title: What changed in this ring since?
// about: Applications that joined or left, rings it took members from or gave them to, and outcomes that became known.
// mode: read
// param: ring: ring: The ring asked about.
// param: since: time: From this moment on.
// column: at: time: When it became known.
// column: what: text: joined, left, took from, gave to or outcome.
// column: application: application?: The application.
// column: ring: ring?: The other ring.
// column: target: text?: Target of the outcome.
// column: value: number?: Its value.
// order: at desc, what, application, ring, target
// seconds: 20
// rows: 1000
// picture: ring
MATCH (r:Ring {key: $ring})
CALL (r) {
  MATCH (r)<-[m:MEMBER_OF]-(a:Application) WHERE m.since <= $run
  RETURN m.since AS number, 'joined' AS what, a.key AS application, null AS ring
  UNION ALL
  MATCH (r)<-[m:MEMBER_OF]-(a:Application) WHERE m.until <= $run
  RETURN m.until AS number, 'left' AS what, a.key AS application, null AS ring
  UNION ALL
  MATCH (r)-[e:EVOLVED_FROM]->(b:Ring) WHERE e.run <= $run
  RETURN e.run AS number, 'took from' AS what, null AS application, b.key AS ring
  UNION ALL
  MATCH (r)<-[e:EVOLVED_FROM]-(b:Ring) WHERE e.run <= $run
  RETURN e.run AS number, 'gave to' AS what, null AS application, b.key AS ring
}
MATCH (x:RingRun {key: toString(number)})
WITH coalesce(x.known_at, x.finished_at) AS at, what, application, ring WHERE at >= $since
RETURN at, what, application, ring, null AS target, null AS value
UNION ALL
MATCH $$MEMBERS(m, a)$$
MATCH (a)-[:HAD_OUTCOME]->(o:Outcome) WHERE $$SEEN(o)$$ AND o.known_at >= $since
RETURN o.known_at AS at, 'outcome' AS what, a.key AS application, null AS ring, o.target AS target, o.value AS value
