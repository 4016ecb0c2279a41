// name: rings/remove_links
// mode: write
// params: ids
// returns: removed
UNWIND $ids AS id
MATCH ()-[m:MEMBER_OF|EVOLVED_FROM]->() WHERE elementId(m) = id
DELETE m
RETURN count(*) AS removed
