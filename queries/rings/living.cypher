// name: rings/living
// mode: read
// params: run
// returns: key, born_run, applications, users, first_at, last_at, amount_cents, at_risk_cents, shared, score, listed, reasons, members
// The rings as the finished run $run left them.
MATCH (r:Ring) WHERE r.born_run <= $run AND r.dissolved_run IS NULL
CALL (r) {
  MATCH (r)<-[m:MEMBER_OF]-(a:Application)
  WHERE m.since <= $run AND (m.until IS NULL OR m.until > $run)
  RETURN collect(a.key) AS members
}
RETURN r.key AS key, r.born_run AS born_run, r.applications AS applications, r.users AS users,
       r.first_at AS first_at, r.last_at AS last_at, r.amount_cents AS amount_cents, r.at_risk_cents AS at_risk_cents,
       r.shared AS shared, r.score AS score, r.listed AS listed, r.reasons AS reasons, members
