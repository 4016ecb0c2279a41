// name: household_or_ring
// title: A household, or a ring?
// about: Signs of the group that people check first, each with what it speaks for. They are signs, no verdict: the ring's
//   score weighs more of them.
// mode: read
// param: ring: ring: The ring asked about.
// column: sign: text: What was counted.
// column: value: number?: The count.
// column: of: number?: Out of how many.
// column: speaks_for: text: household, ring, or nothing.
// column: about: text: How it is read.
// order: sign
// seconds: 20
// rows: 100
// picture: ring
MATCH $$MEMBERS(m, a)$$
WITH a ORDER BY a.known_at, a.seq, a.key
WITH collect(a) AS named
CALL (named) {
  UNWIND named AS a MATCH (u:User)-[s:SUBMITTED]->(a) WHERE $$SEEN(s)$$
  RETURN collect(DISTINCT u) AS people
}
CALL (people) {
  UNWIND people AS u
  MATCH (u)-[k:RELATED_TO]-(v) WHERE $$SEEN(k)$$ AND v IN people
  RETURN count(DISTINCT u) AS related
}
CALL (named) {
  UNWIND named AS a MATCH (a)-[link:$$LINKS$$]->(i) WHERE $$SEEN(link)$$ AND coalesce(link.role, 'self') = 'self'
  RETURN count(DISTINCT CASE WHEN i:Address THEN i END) AS homes, count(DISTINCT CASE WHEN i:Address THEN a END) AS housed,
         count(DISTINCT CASE WHEN i:Device THEN i END) AS devices, count(DISTINCT CASE WHEN i:Device THEN a END) AS on_devices,
         count(DISTINCT CASE WHEN i:BankCard THEN i END) AS cards, count(DISTINCT CASE WHEN i:BankCard THEN a END) AS paid,
         count(DISTINCT CASE WHEN i:Employer THEN i END) AS employers, count(DISTINCT CASE WHEN i:Employer THEN a END) AS employed
}
CALL (named) {
  WITH [a IN named WHERE a.known_at IS NOT NULL] AS dated
  RETURN size(dated) AS dated,
         size([n IN range(1, size(dated) - 1) WHERE dated[n].known_at - dated[n - 1].known_at <= 900000000]) AS quick,
         (last(dated).known_at - dated[0].known_at) / 86400000000.0 AS span
}
CALL (named) {
  UNWIND named AS a WITH $$OUTCOME(a, 'fraud')$$ AS fraud
  RETURN count(fraud) AS judged, count(CASE WHEN fraud > 0 THEN 1 END) AS frauds
}
WITH *, size(people) AS users, size(named) AS applications
UNWIND [
  {sign: 'related', value: related, of: users, household: related * 2 >= users AND users > 1, ring: false,
   about: 'users with a stated relation to another; in a family most have one'},
  {sign: 'addresses', value: homes, of: housed, household: housed > 1 AND homes = 1, ring: homes > 2 AND homes * 2 > housed,
   about: 'different addresses, of the applications that state one; a family lives at one'},
  {sign: 'devices', value: devices, of: on_devices, household: false, ring: on_devices > 3 AND devices * 3 <= on_devices,
   about: 'different devices, of the applications that used one; a farm has few'},
  {sign: 'cards', value: cards, of: paid, household: false, ring: paid > 2 AND cards * 2 <= paid,
   about: 'different cards paid to, of the applications that name one; collectors have few'},
  {sign: 'employers', value: employers, of: employed, household: employers > 1 AND homes = 1, ring: false,
   about: 'different employers, of the applications that name one'},
  {sign: 'quick', value: quick, of: CASE WHEN dated > 0 THEN dated - 1 ELSE 0 END, household: false,
   ring: quick * 3 >= dated AND quick > 1, about: 'applications within 15 minutes of the one before'},
  {sign: 'days', value: round(span, 1), of: null, household: span >= 60, ring: span < 3,
   about: 'days from the first application to the last; families apply over months'},
  {sign: 'fraud', value: frauds, of: judged, household: judged > 2 AND frauds = 0, ring: frauds > 0,
   about: 'applications known as fraud, of those where it is known'},
  {sign: 'users', value: users, of: applications, household: false, ring: users > 8,
   about: 'users, of all applications; few households have more than eight applicants'}
] AS one
RETURN one.sign AS sign, toFloat(one.value) AS value, toFloat(one.of) AS of,
       CASE WHEN one.ring THEN 'ring' WHEN one.household THEN 'household' ELSE 'nothing' END AS speaks_for,
       one.about AS about
