// name: passed_on
// title: Which devices and numbers changed hands?
// about: Identifiers that one user named last and, after a long silence, another named first: second-hand devices and
//   recycled numbers. They tie people who never met; a ring held together by them alone is none.
// mode: read
// param: type: type = Device (Device|Phone|BankCard): Type of identifier.
// param: days: integer = 30 [1..366]: The later user began in these last days.
// param: gap: integer = 60 [1..3650]: Days of silence, at least.
// column: id: identifier: Its key.
// column: masked: text?: What a person may see of it.
// column: before: user?: Who named it last.
// column: until_at: time?: When that was known.
// column: after: user?: Who named it then.
// column: from_at: time?: When that was known.
// column: gap_days: number?: Days between.
// column: hub: boolean: Whether it is a hub; who used it is not looked at, and the row says no more.
// order: from_at desc, id, before, after
// seconds: 30
// rows: 1000
// picture: no
MATCH $$RECENT(a)$$
MATCH (a)-[mine:$$LINK$$]->(i:$$TYPE$$) WHERE $$SEEN(mine)$$ AND coalesce(mine.role, 'self') = 'self'
WITH DISTINCT i WHERE COUNT { (i)<-[:$$LINK$$]-() } > 1
$$USES(i)$$
CALL (i, uses) {
  UNWIND [use IN uses WHERE use[0].known_at IS NOT NULL AND coalesce(use[0].role, 'self') = 'self'] AS use
  WITH use[0].known_at AS at, use[1] AS target
  MATCH (u:User)-[by:SUBMITTED|DID]->(target) WHERE $$SEEN(by)$$
  WITH u, min(at) AS first, max(at) AS last ORDER BY first, u.key
  WITH collect({user: u.key, first: first, last: last}) AS spans
  UNWIND range(1, size(spans) - 1) AS n
  WITH spans[n] AS later, reduce(latest = spans[0], s IN spans[1..n] | CASE WHEN s.last > latest.last THEN s ELSE latest END) AS earlier
  WHERE later.first - earlier.last >= $gap * 86400000000 AND later.first >= $as_of - $days * 86400000000
  RETURN collect({earlier: earlier, later: later}) AS changes
}
UNWIND CASE WHEN hub THEN [null] ELSE changes END AS one
RETURN i.key AS id, i.masked AS masked, one.earlier.user AS before, one.earlier.last AS until_at, one.later.user AS after,
       one.later.first AS from_at, round((one.later.first - one.earlier.last) / 86400000000.0, 1) AS gap_days, hub
