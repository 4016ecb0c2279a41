// name: lenders_of_person
// title: Where else did this person apply?
// about: Applications of the user, and of other users who state the same identity number, the same card or the same own
//   telephone number: one person at several lenders is several users. `by` says what ties them.
// mode: read
// param: user: user: The user asked about.
// column: known_at: time?: When the application became known.
// column: application: application?: The application; missing in the row that stands for hubs.
// column: user: user?: Under which user.
// column: lender: text?: Who was asked.
// column: amount: money?: What was asked for.
// column: approval: number?: 1 approved, 0 refused; missing when not known.
// column: fraud: number?: 1 fraud, 0 none; missing when not known.
// column: by: list: `same user`, or types of the identifiers that tie them.
// column: hub: boolean: Whether the row stands for identifiers of the person that are hubs and were not looked at.
// order: known_at desc, application, user
// seconds: 20
// rows: 1000
// picture: user
MATCH (p:User {key: $user})
CALL (p) {
  MATCH (p)-[s:SUBMITTED]->(a:Application) WHERE $$SEEN(s)$$ AND $$SEEN(a)$$
  RETURN a, 'same user' AS way, false AS hub
  UNION ALL
  MATCH (p)-[s:SUBMITTED]->(own:Application)-[mine:$$LINKS$$]->(i:IdNumber|BankCard|Phone)
  WHERE $$SEEN(s)$$ AND $$SEEN(mine)$$ AND coalesce(mine.role, 'self') = 'self'
  WITH DISTINCT i
  $$USES(i)$$
  UNWIND CASE WHEN hub THEN [null] ELSE uses END AS use
  WITH i, use[0] AS link, use[1] AS a, hub WHERE hub OR (a:Application AND coalesce(link.role, 'self') = 'self')
  RETURN a, head(labels(i)) AS way, hub
}
WITH a, way, hub ORDER BY way
WITH a, collect(DISTINCT way) AS ways, max(hub) AS hub
OPTIONAL MATCH (u:User)-[by:SUBMITTED]->(a) WHERE $$SEEN(by)$$
RETURN a.known_at AS known_at, a.key AS application, u.key AS user, a.lender AS lender, a.amount_cents AS amount,
       $$OUTCOME(a, 'approval')$$ AS approval, $$OUTCOME(a, 'fraud')$$ AS fraud,
       CASE WHEN 'same user' IN ways THEN ['same user'] ELSE ways END AS by, hub
