// name: grown_rings
// title: Which rings grew?
// about: Rings known before the last days that took applications in since.
// mode: read
// param: days: integer = 7 [1..366]: How many days back to compare with.
// param: percent: integer = 50 [0..100]: Least score in percent; from 50 on a group is listed as a ring.
// column: ring: ring: Name of the ring.
// column: joined: integer: Applications that joined since.
// column: before: integer: Applications it had then.
// column: now: integer: Applications it has.
// column: joined_users: integer: Users of those that joined.
// column: joined_amount: money: What those that joined ask for.
// column: joined_at: time: From when the last of them is known as a member.
// column: score: number: Probability that most of its members work together.
// order: joined desc, ring
// seconds: 20
// rows: 1000
// picture: no
CALL () {
  MATCH (x:RingRun) WHERE x.finished_at IS NOT NULL
    AND coalesce(x.known_at, x.finished_at) <= $as_of - $days * 86400000000
  RETURN coalesce(max(x.run), 0) AS then
}
MATCH (r:Ring) WHERE $$LIVING(r)$$ AND r.born_run <= then AND coalesce($$SCORE(r)$$, 0.0) * 100 >= $percent
MATCH (r)<-[m:MEMBER_OF]-(a:Application) WHERE $$MEMBER(m)$$
WITH r, then, count(a) AS now, collect(CASE WHEN m.since > then THEN a END) AS fresh,
     max(CASE WHEN m.since > then THEN m.since END) AS last_run
WHERE size(fresh) > 0
MATCH (x:RingRun {key: toString(last_run)})
RETURN r.key AS ring, size(fresh) AS joined, now,
       COUNT { MATCH (r)<-[m:MEMBER_OF]-() WHERE m.since <= then AND (m.until IS NULL OR m.until > then) } AS before,
       COUNT { UNWIND fresh AS a MATCH (u:User)-[s:SUBMITTED]->(a) WHERE $$SEEN(s)$$ RETURN DISTINCT u } AS joined_users,
       reduce(sum = 0, a IN fresh | sum + coalesce(a.amount_cents, 0)) AS joined_amount,
       coalesce(x.known_at, x.finished_at) AS joined_at, coalesce($$SCORE(r)$$, 0.0) AS score
