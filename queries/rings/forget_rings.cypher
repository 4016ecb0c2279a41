// name: rings/forget_rings
// mode: write
// params: limit
// returns: left
// Deletes some of all rings; `left` says whether there are more.
MATCH (r:Ring|RingState) WITH r LIMIT $limit
DETACH DELETE r
RETURN count(*) AS left
