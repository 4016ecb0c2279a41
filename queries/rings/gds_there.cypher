// name: rings/gds_there
// mode: read
// params: -
// returns: name
// Whether the server has Graph Data Science.
SHOW PROCEDURES YIELD name WHERE name = 'gds.graph.project.estimate' RETURN name
