// name: rings/facts_outcomes
// mode: read
// params: ids, missing, names
// returns: target, name, value, known_at, seq
// The outcomes $names of the applications $ids, a column each; what is missing travels as $missing.
UNWIND $ids AS id MATCH (a) WHERE id(a) = id
MATCH (a)-[:HAD_OUTCOME]->(o:Outcome) WHERE o.target IN $names
RETURN collect(id(a)) AS target, collect(o.target) AS name, collect(o.value) AS value,
       collect(coalesce(o.known_at, $missing)) AS known_at, collect(coalesce(o.seq, $missing)) AS seq
