"""How fast it is, against what was promised: each goal is measured by a command, and kept with its commit."""
