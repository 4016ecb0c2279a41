"""The one error tree. A code names the case, the message says what to do, never a value of personal data."""

from __future__ import annotations


class FinGraphError(Exception):
    """Base of everything FinGraph raises on purpose.

    `code` is stable (dotted, lower case; also the UI's translation key), `message` says what happened and
    what to do about it, `status` is the HTTP status a server answers with and `exit_code` what a command
    leaves with. `hints` are further lines for a person, one way on each.
    """

    status = 500
    exit_code = 1

    def __init__(self, code: str, message: str, *, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hints = hints

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled whole, whatever its class asks for when it is made: errors cross from worker processes."""
        return _again, (type(self), self.args, self.__dict__)

    def as_dict(self) -> dict[str, object]:
        """The error as one JSON object: `{"error": code, "message": …, "hints": […]}`."""
        return {"error": self.code, "message": self.message, "hints": list(self.hints)}


def _again(kind: type[FinGraphError], args: tuple[object, ...], told: dict[str, object]) -> FinGraphError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(told)
    return error


class UsageError(FinGraphError):
    """What was asked for cannot be done as asked: a wrong mapping, a missing column, an unknown name."""

    status = 422
    exit_code = 2


class NotFoundError(FinGraphError):
    """The thing named does not exist."""

    status = 404
    exit_code = 3


class EnvironmentMissingError(FinGraphError):
    """The machine lacks something (Java, Maven, disk, a free port); `hints` are the ways on."""

    status = 503
    exit_code = 4


class GraphUnavailableError(FinGraphError):
    """No Neo4j answers where settings say it is, or it stopped answering."""

    status = 503
    exit_code = 5


class BusyError(FinGraphError):
    """Another run holds what this one needs; wait for it or stop it."""

    status = 409
    exit_code = 6


class IncompatibleError(FinGraphError):
    """Two things that must agree do not: schema versions, hashing keys, a graph and its home."""

    status = 409
    exit_code = 7


class SqlUnavailableError(FinGraphError):
    """The SQL database does not answer, is locked by another writer, or its server's disk is full."""

    status = 503
    exit_code = 8


class UnauthenticatedError(FinGraphError):
    """Nobody is behind the request: its key is missing, unknown, wrong, expired or revoked, and it is not said which."""

    status = 401
    exit_code = 9


class ForbiddenError(FinGraphError):
    """The key is valid, and does not allow this."""

    status = 403
    exit_code = 10
