// name: unexplained_members
// title: Which members does no shared device or card explain?
// about: Members of a ring whose user shares no device, card or identity number with another user of the ring: they are
//   in it for weaker reasons (a line, an address, an employer, a contact). Look at these before refusing them.
// mode: read
// param: ring: ring: The ring asked about.
// column: known_at: time?: When the application became known.
// column: application: application: The member.
// column: user: user?: Its user.
// column: lender: text?: Who was asked.
// column: amount: money?: What was asked for.
// column: shares: list: Types of what its user does share with others of the ring.
// column: joined_at: time: From when it is known as a member.
// order: known_at desc, application, user
// seconds: 20
// rows: 1000
// picture: ring
MATCH $$MEMBERS(m, a)$$
OPTIONAL MATCH (u:User)-[s:SUBMITTED]->(a) WHERE $$SEEN(s)$$
WITH collect({a: a, u: u, since: m.since}) AS members
CALL (members) {
  UNWIND members AS x
  WITH DISTINCT x.u AS u WHERE u IS NOT NULL
  MATCH (u)-[s:SUBMITTED|DID]->(t)-[link:$$LINKS$$]->(i) WHERE $$SEEN(s)$$ AND $$SEEN(t)$$ AND $$SEEN(link)$$
    AND NOT coalesce(i.hub_since < $as_of, false)
  WITH i, collect(DISTINCT u.key) AS people WHERE size(people) > 1
  UNWIND people AS person
  WITH person, head(labels(i)) AS type ORDER BY type
  WITH person, collect(DISTINCT type) AS types
  RETURN collect({user: person, types: types}) AS shared
}
UNWIND members AS x
WITH x.a AS a, x.u AS u, x.since AS since, coalesce([s IN shared WHERE s.user = x.u.key | s.types][0], []) AS shares
WHERE NOT any(type IN shares WHERE type IN ['Device', 'BankCard', 'IdNumber'])
MATCH (run:RingRun {key: toString(since)})
RETURN a.known_at AS known_at, a.key AS application, u.key AS user, a.lender AS lender, a.amount_cents AS amount,
       shares, coalesce(run.known_at, run.finished_at) AS joined_at
