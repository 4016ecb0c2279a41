// name: loads/warm
// mode: write
// params: name, now
// returns: nodes
// A commit as an arrival's, of what is nobody's and nobody reads: the first ones of a server that was just started take ten times
// as long. Its links are known at a moment that nobody asks about.
CREATE (a:Load {key: $name + ':a', load: -1, mode: 'warming', started_at: $now})
CREATE (b:Load {key: $name + ':b', load: -1, mode: 'warming', started_at: $now})
CREATE (c:Load {key: $name + ':c', load: -1, mode: 'warming', started_at: $now})
CREATE (a)-[:USED_DEVICE {known_at: 10000000000000000, seq: 0}]->(b)
CREATE (a)-[:GAVE_PHONE {known_at: 10000000000000000, seq: 0}]->(c)
RETURN 3 AS nodes
