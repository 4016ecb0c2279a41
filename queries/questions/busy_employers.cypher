// name: busy_employers
// title: Which employers have many applicants and few addresses?
// about: Real firms employ people who live apart and can be called; a firm made up for loans has applicants of one
//   address or one line. Counted over the applications of the last days.
// mode: read
// param: days: integer = 90 [1..366]: How many days to count.
// param: least: integer = 5 [2..1000]: Least applicants.
// column: id: identifier: Key of the employer.
// column: masked: text?: What a person may see of it.
// column: users: integer: Applicants.
// column: applications: integer: Their applications.
// column: addresses: integer: Different addresses they state.
// column: lines: integer: Different telephone numbers of the employer they state.
// column: devices: integer: Different devices they used.
// column: addresses_a_user: number: Addresses for each applicant; near 1 where they live apart.
// column: amount: money: What they ask for.
// column: hub: boolean: Whether it is a hub, which nothing goes on from.
// order: addresses_a_user, id
// seconds: 30
// rows: 1000
// picture: no
MATCH $$RECENT(a)$$
MATCH (a)-[link:EMPLOYED_BY]->(i:Employer) WHERE $$SEEN(link)$$
WITH i, collect(DISTINCT a) AS named WHERE size(named) >= $least
CALL (named) {
  UNWIND named AS a
  MATCH (u:User)-[by:SUBMITTED]->(a) WHERE $$SEEN(by)$$
  RETURN count(DISTINCT u) AS users
}
WITH i, named, users WHERE users >= $least
CALL (named) {
  UNWIND named AS a
  OPTIONAL MATCH (a)-[l:LIVES_AT|GAVE_PHONE|USED_DEVICE]->(x) WHERE $$SEEN(l)$$
  RETURN count(DISTINCT CASE WHEN x:Address THEN x END) AS addresses,
         count(DISTINCT CASE WHEN x:Phone AND l.role = 'employer' THEN x END) AS lines,
         count(DISTINCT CASE WHEN x:Device THEN x END) AS devices
}
RETURN i.key AS id, i.masked AS masked, users, size(named) AS applications, addresses, lines, devices,
       round(addresses * 1.0 / users, 3) AS addresses_a_user,
       reduce(sum = 0, a IN named | sum + coalesce(a.amount_cents, 0)) AS amount,
       coalesce(i.hub_since < $as_of, false) AS hub
