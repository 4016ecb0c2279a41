"""Addresses of a Neo4j, checked before anything is sent there or shown."""

from __future__ import annotations

from urllib.parse import urlsplit

from core.errors import UsageError

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def no_address() -> UsageError:
    """The error of an address that is none; it shows nothing of it, as it may hold a password."""
    return UsageError(
        "server.uri",
        "NEO4J_URI is no address of a Neo4j, such as bolt://host:7687 or neo4j+s://host; user and password go "
        "into NEO4J_USER and NEO4J_PASSWORD.",
    )


def require_address(uri: str) -> None:
    """Raise `UsageError` (`server.uri`) unless `uri` has a scheme of Neo4j's and a host, and names no user."""
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port  # reading a port that is no number fails
    except ValueError:
        raise no_address() from None
    if parts.scheme not in SCHEMES or not host or "@" in parts.netloc:
        raise no_address()
