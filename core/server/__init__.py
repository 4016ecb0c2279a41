"""The local Neo4j server of a home: its Java, its jars, its configuration, its process, its backups."""
