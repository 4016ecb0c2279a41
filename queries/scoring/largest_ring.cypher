// name: scoring/largest_ring
// mode: read
// params: -
// returns: applications
MATCH (r:Ring)
WHERE r.listed IN [true] AND r.score >= 0 AND r.dissolved_run IS NULL
RETURN coalesce(max(r.applications), 0) AS applications
