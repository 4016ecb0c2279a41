"""What every room stands on: settings, the Neo4j connection, errors, ids, time and progress."""
