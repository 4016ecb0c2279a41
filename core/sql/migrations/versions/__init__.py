"""Versions of the tables, oldest first; one that was released never changes."""
