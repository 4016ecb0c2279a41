// name: loads/carried_otherwise
// mode: read
// params: version
// returns: other
// A version of the catalogue other than $version that an application carries.
MATCH (a:Application) WHERE a.carried_version <> $version
RETURN a.carried_version AS other LIMIT 1
