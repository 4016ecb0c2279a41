// name: rings/reopen_members
// mode: write
// params: ids
// returns: reopened
UNWIND $ids AS id
MATCH ()-[m:MEMBER_OF]->() WHERE elementId(m) = id
REMOVE m.until
RETURN count(*) AS reopened
