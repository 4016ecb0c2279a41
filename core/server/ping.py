"""Asks a Neo4j who it is: the smallest proof that it answers queries."""

from __future__ import annotations

from dataclasses import dataclass

from core.address import no_address, require_address
from core.errors import IncompatibleError


@dataclass(frozen=True)
class Versions:
    """What a server that answered is; `gds` is None when it has no Graph Data Science."""

    neo4j: str
    edition: str
    gds: str | None


def ping(uri: str, user: str, password: str, timeout_s: float = 3.0) -> Versions | None:
    """The versions of the server at `uri`, or None when none answers queries there.

    Raises `IncompatibleError` (`server.password`) when it refuses the password, and
    `UsageError` (`server.uri`) when the address is none.
    """
    require_address(uri)
    # The driver imports pandas where it is installed (seconds); commands that need no query do without it.
    from neo4j import GraphDatabase
    from neo4j.exceptions import AuthError, ClientError, ConfigurationError, DriverError, Neo4jError

    try:
        with (
            GraphDatabase.driver(
                uri,
                auth=(user, password),
                connection_timeout=timeout_s,
                connection_acquisition_timeout=timeout_s,
                max_transaction_retry_time=0,
                notifications_min_severity="OFF",
            ) as driver,
            driver.session() as session,
        ):
            row = session.run(
                "CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' "
                "RETURN versions[0] AS version, edition"
            ).single(strict=True)
            try:
                gds = session.run("RETURN gds.version() AS version").single(strict=True)["version"]
            except ClientError:
                gds = None
            return Versions(row["version"], row["edition"], gds)
    except AuthError:
        raise IncompatibleError(
            "server.password",
            "Neo4j refuses the password. For the local server it is in the home's secrets/neo4j.password: put "
            "the right one back or unset NEO4J_PASSWORD; for another server set NEO4J_USER and NEO4J_PASSWORD.",
        ) from None
    except (ConfigurationError, ValueError):
        raise no_address() from None
    except (DriverError, Neo4jError, OSError):
        return None
