// name: rings/finish
// mode: write
// params: key, holder, finished_at, known_at, lead, arriving_since, as_of, backfilled, rings, members
// returns: known_at, waits
// Arrivals wait for no run: beside them it is known $lead later, when it surely is there. Their loads begin under the
// same lock, so none begins between the look and the commit.
MERGE (schema:SchemaState {key: 'schema'})
SET schema._lock = true REMOVE schema._lock
WITH schema
MATCH (x:RingRun {key: $key}) WHERE x.holder = $holder
WITH x, EXISTS { MATCH (l:Load {mode: 'online'}) WHERE l.started_at >= $arriving_since } AS arriving
SET x.finished_at = $finished_at, x.known_at = $known_at + CASE WHEN arriving THEN $lead ELSE 0 END,
    x.as_of = $as_of, x.backfilled = $backfilled, x.rings = $rings, x.members = $members
REMOVE x.holder, x.lease_until
RETURN x.known_at AS known_at, arriving AND $lead > 0 AS waits
