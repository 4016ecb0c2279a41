// name: new_rings
// title: Which rings are new?
// about: Rings that a run of the last days found first and that live, with what they are now.
// mode: read
// param: days: integer = 7 [1..366]: How many days count as new.
// param: percent: integer = 50 [0..100]: Least score in percent; from 50 on a group is listed as a ring.
// column: ring: ring: Name of the ring.
// column: born_at: time: From when it is known.
// column: score: number: Probability that most of its members work together.
// column: applications: integer: Member applications.
// column: users: integer: Their users.
// column: lenders: integer: Lenders asked.
// column: amount: money: What they ask for.
// column: at_risk: money: The part that was neither refused nor is known as lost.
// order: born_at desc, ring
// seconds: 20
// rows: 1000
// picture: no
MATCH (r:Ring) WHERE $$LIVING(r)$$ AND coalesce($$SCORE(r)$$, 0.0) * 100 >= $percent
MATCH (x:RingRun {key: toString(r.born_run)})
WITH r, coalesce(x.known_at, x.finished_at) AS born_at
WHERE born_at > $as_of - $days * 86400000000
CALL (r) {
  MATCH (r)<-[m:MEMBER_OF]-(a:Application) WHERE $$MEMBER(m)$$
  RETURN count(a) AS applications, count(DISTINCT a.lender) AS lenders, sum(coalesce(a.amount_cents, 0)) AS amount,
         sum($$AT_RISK(a)$$) AS at_risk
}
RETURN r.key AS ring, born_at, coalesce($$SCORE(r)$$, 0.0) AS score, applications,
       COUNT { MATCH (r)<-[m:MEMBER_OF]-()<-[:SUBMITTED]-(u:User) WHERE $$MEMBER(m)$$ RETURN DISTINCT u } AS users,
       lenders, amount, at_risk
