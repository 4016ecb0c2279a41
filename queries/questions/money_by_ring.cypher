// name: money_by_ring
// title: How much money is at risk in each ring?
// about: What the living rings ask for, and the part of it that was neither refused nor is known as lost: what can still
//   be saved.
// mode: read
// param: percent: integer = 50 [0..100]: Least score in percent; from 50 on a group is listed as a ring.
// column: ring: ring: Name of the ring.
// column: at_risk: money: Neither refused nor known as lost.
// column: amount: money: All that is asked for.
// column: lost: money: Known as fraud.
// column: applications: integer: Member applications.
// column: lenders: list: Lenders asked.
// column: last_at: time?: When the last application became known.
// column: score: number: Probability that most of its members work together.
// order: at_risk desc, ring
// seconds: 20
// rows: 1000
// picture: no
MATCH (r:Ring) WHERE $$LIVING(r)$$ AND coalesce($$SCORE(r)$$, 0.0) * 100 >= $percent
CALL (r) {
  MATCH (r)<-[m:MEMBER_OF]-(a:Application) WHERE $$MEMBER(m)$$
  WITH a ORDER BY a.lender
  RETURN count(a) AS applications, collect(DISTINCT a.lender) AS lenders, sum(coalesce(a.amount_cents, 0)) AS amount,
         sum($$AT_RISK(a)$$) AS at_risk, max(a.known_at) AS last_at,
         sum(CASE WHEN $$OUTCOME(a, 'fraud')$$ > 0 THEN coalesce(a.amount_cents, 0) ELSE 0 END) AS lost
}
RETURN r.key AS ring, at_risk, amount, lost, applications, lenders, last_at, coalesce($$SCORE(r)$$, 0.0) AS score
