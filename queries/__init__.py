"""Hand-written Cypher: one statement a `.cypher` file, read with its header."""

from queries.statements import Mode, Statement, statement, statement_names

__all__ = ["Mode", "Statement", "statement", "statement_names"]
