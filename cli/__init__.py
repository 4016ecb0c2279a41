"""The `fingraph` command: parses, calls a room, shows what it returned."""
