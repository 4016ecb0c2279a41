// name: changed_since
// title: What changed around this application since?
// about: What became known since a moment: others who named its identifiers, outcomes of its own and of those who share
//   something with it, identifiers that became hubs, rings it joined or left.
// mode: read
// param: application: application: The application asked about.
// param: since: time: From this moment on.
// column: at: time?: When it became known.
// column: what: text: named, outcome, became hub, is hub, joined ring or left ring.
// column: type: text?: Type of the identifier; target of the outcome.
// column: id: text?: Key of the identifier; name of the ring.
// column: application: application?: Application or event of which it is said.
// column: user: user?: Its user.
// column: value: number?: Value of the outcome.
// column: hub: boolean: Whether the identifier is a hub; who else names it is not looked at.
// order: at desc, what, type, id, application, user
// seconds: 20
// rows: 1000
// picture: application
MATCH (a:Application {key: $application})
CALL (a) {
  MATCH (a)-[mine:$$LINKS$$]->(i) WHERE $$SEEN(mine)$$
  WITH DISTINCT i
  $$USES(i)$$
  RETURN collect({i: i, uses: uses, hub: hub}) AS shared
}
CALL (a, shared) {
  UNWIND shared AS one UNWIND one.uses AS use
  WITH one.i AS i, use[0] AS link, use[1] AS other WHERE link.known_at >= $since
  RETURN link.known_at AS at, 'named' AS what, head(labels(i)) AS type, i.key AS id, other, null AS value, false AS hub
  UNION ALL
  UNWIND shared AS one
  WITH one.i AS i, one.hub AS hub WHERE hub
  WITH i, CASE WHEN i.hub_since < $as_of THEN i.hub_since END AS at
  RETURN at, CASE WHEN at >= $since THEN 'became hub' ELSE 'is hub' END AS what, head(labels(i)) AS type, i.key AS id,
         null AS other, null AS value, true AS hub
  UNION ALL
  UNWIND [a] + reduce(met = [], one IN shared | met + [use IN one.uses | use[1]]) AS other
  WITH DISTINCT other
  MATCH (other)-[:HAD_OUTCOME]->(o:Outcome) WHERE $$SEEN(o)$$ AND o.known_at >= $since
  RETURN o.known_at AS at, 'outcome' AS what, o.target AS type, null AS id, other, o.value AS value, false AS hub
  UNION ALL
  MATCH (a)-[m:MEMBER_OF]->(r:Ring) WHERE m.since <= $run
  MATCH (x:RingRun {key: toString(m.since)})
  WITH a, r, coalesce(x.known_at, x.finished_at) AS at WHERE at >= $since
  RETURN at, 'joined ring' AS what, null AS type, r.key AS id, a AS other, null AS value, false AS hub
  UNION ALL
  MATCH (a)-[m:MEMBER_OF]->(r:Ring) WHERE m.until <= $run
  MATCH (x:RingRun {key: toString(m.until)})
  WITH a, r, coalesce(x.known_at, x.finished_at) AS at WHERE at >= $since
  RETURN at, 'left ring' AS what, null AS type, r.key AS id, a AS other, null AS value, false AS hub
}
OPTIONAL MATCH (u:User)-[by:SUBMITTED|DID]->(other) WHERE $$SEEN(by)$$
RETURN DISTINCT at, what, type, id, other.key AS application, u.key AS user, value, hub
