"""Reads files, normalises, hashes and writes them into the graph."""
