// name: money_by_lender
// title: How much money is at risk at each lender?
// about: What applications in living rings ask each lender for, and the part of it that can still be saved. An application
//   counts once, whatever the number of its rings.
// mode: read
// param: percent: integer = 50 [0..100]: Least score in percent; from 50 on a group is listed as a ring.
// column: lender: text: Who was asked.
// column: at_risk: money: Neither refused nor known as lost.
// column: amount: money: All that is asked for.
// column: lost: money: Known as fraud.
// column: applications: integer: Applications in rings.
// column: rings: integer: Rings they are in.
// order: at_risk desc, lender
// seconds: 20
// rows: 1000
// picture: no
MATCH (r:Ring) WHERE $$LIVING(r)$$ AND coalesce($$SCORE(r)$$, 0.0) * 100 >= $percent
MATCH (r)<-[m:MEMBER_OF]-(a:Application) WHERE $$MEMBER(m)$$
WITH a, collect(r.key) AS rings
WITH coalesce(a.lender, '') AS lender, rings, coalesce(a.amount_cents, 0) AS asked, $$AT_RISK(a)$$ AS open,
     $$OUTCOME(a, 'fraud')$$ AS fraud
UNWIND rings AS ring
WITH lender, count(DISTINCT ring) AS rings, collect({ring: ring, first: ring = rings[0], asked: asked, open: open, fraud: fraud}) AS all
WITH lender, rings, [x IN all WHERE x.first] AS each
RETURN lender, reduce(sum = 0, x IN each | sum + x.open) AS at_risk, reduce(sum = 0, x IN each | sum + x.asked) AS amount,
       reduce(sum = 0, x IN each | sum + CASE WHEN x.fraud > 0 THEN x.asked ELSE 0 END) AS lost,
       size(each) AS applications, rings
