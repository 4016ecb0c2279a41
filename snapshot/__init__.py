"""The graph's facts as columns: exported, verified, read back, and made a graph again."""
