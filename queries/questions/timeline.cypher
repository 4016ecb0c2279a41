// name: timeline
// title: What did this user do, and when?
// about: Everything known of a user in order: applications and events with what they named, outcomes, rings joined and
//   left, stated relations. What has no time comes last.
// mode: read
// param: user: user: The user asked about.
// column: at: time?: When it became known.
// column: what: text: application, event, outcome, joined ring, left ring or related.
// column: id: text: Key of the application or event, name of the ring, key of the other user.
// column: detail: text?: Lender; kind of event or relation; target of the outcome.
// column: amount: money?: What the application asked for.
// column: value: number?: Value of the outcome.
// column: named: list: Identifiers it named that it was the first to name in the graph, as `Type masked`.
// column: reused: list: Identifiers it named that others had named before.
// order: at desc, what, id, detail
// seconds: 20
// rows: 1000
// picture: user
MATCH (u:User {key: $user})
CALL (u) {
  MATCH (u)-[s:SUBMITTED|DID]->(t) WHERE $$SEEN(s)$$ AND $$SEEN(t)$$
  CALL (u, t) {
    MATCH (t)-[link:$$LINKS$$]->(i) WHERE $$SEEN(link)$$
    WITH DISTINCT u, i, link.known_at AS at
    $$USES(i)$$
    WITH u, i, hub, [use IN uses WHERE use[0].known_at < at | use[1]] AS earlier
    WITH head(labels(i)) + ' ' + coalesce(i.masked, i.key) + CASE WHEN hub THEN ' (hub)' ELSE '' END AS told,
         hub OR EXISTS { UNWIND earlier AS e MATCH (v:User)-[:SUBMITTED|DID]->(e) WHERE v <> u RETURN v } AS before
    ORDER BY told
    RETURN collect(CASE WHEN NOT before THEN told END) AS named, collect(CASE WHEN before THEN told END) AS reused
  }
  RETURN t.known_at AS at, CASE WHEN t:Application THEN 'application' ELSE 'event' END AS what, t.key AS id,
         coalesce(t.lender, t.kind) AS detail, t.amount_cents AS amount, null AS value, named, reused
  UNION ALL
  MATCH (u)-[s:SUBMITTED]->(a)-[:HAD_OUTCOME]->(o:Outcome) WHERE $$SEEN(s)$$ AND $$SEEN(a)$$ AND $$SEEN(o)$$
  RETURN o.known_at AS at, 'outcome' AS what, a.key AS id, o.target AS detail, null AS amount, o.value AS value,
         [] AS named, [] AS reused
  UNION ALL
  MATCH (u)-[s:SUBMITTED]->(a)-[m:MEMBER_OF]->(r:Ring) WHERE $$SEEN(s)$$ AND m.since <= $run
  MATCH (x:RingRun {key: toString(m.since)})
  RETURN coalesce(x.known_at, x.finished_at) AS at, 'joined ring' AS what, r.key AS id, a.key AS detail,
         null AS amount, null AS value, [] AS named, [] AS reused
  UNION ALL
  MATCH (u)-[s:SUBMITTED]->(a)-[m:MEMBER_OF]->(r:Ring) WHERE $$SEEN(s)$$ AND m.until <= $run
  MATCH (x:RingRun {key: toString(m.until)})
  RETURN coalesce(x.known_at, x.finished_at) AS at, 'left ring' AS what, r.key AS id, a.key AS detail,
         null AS amount, null AS value, [] AS named, [] AS reused
  UNION ALL
  MATCH (u)-[k:RELATED_TO]-(v:User) WHERE $$SEEN(k)$$
  RETURN k.known_at AS at, 'related' AS what, v.key AS id, k.kind AS detail, null AS amount, null AS value,
         [] AS named, [] AS reused
}
RETURN DISTINCT at, what, id, detail, amount, value, named, reused
