// name: rings/has_gds
// mode: read
// params: -
// returns: found
SHOW FUNCTIONS YIELD name WHERE name = 'gds.version'
RETURN count(*) > 0 AS found
