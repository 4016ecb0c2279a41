"""Who is behind a request, and what that one may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.errors import ForbiddenError, UsageError


class Scope(StrEnum):
    """What a key allows. `admin` implies every other; no other implies any."""

    READ = "read"
    """See applications, users, rings; ask questions."""
    SCORE = "score"
    """Have applications scored, and tell their outcomes."""
    SANDBOX = "sandbox"
    """Have applications scored on trial: whatever is asked, nothing is written and nothing is kept."""
    WRITE = "write"
    """Change what people decide: cases, lists."""
    REPLAY = "replay"
    """Send past applications with a point of their own."""
    OPS = "ops"
    """Start jobs, see the state of the service."""
    ADMIN = "admin"
    """All of it, and Cypher, keys and the audit log: who can make keys can have any scope, so it says so."""


@dataclass(frozen=True)
class Principal:
    """Who is behind a request: a valid key."""

    key_id: str
    """What the audit log and other logs call it."""
    name: str
    scopes: frozenset[Scope]

    def allows(self, scope: Scope) -> bool:
        """Whether `scope` is among the key's, or implied by them."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def require(self, scope: Scope) -> None:
        """Raise `ForbiddenError` (`auth.scope`) unless `scope` is allowed."""
        if not self.allows(scope):
            raise ForbiddenError("auth.scope", f"This key lacks the scope '{scope}'; use one that has it.")


def scopes_of(names: list[str]) -> frozenset[Scope]:
    """Scopes by their names; raises `UsageError` (`keys.scopes`) for an unknown one, or none at all."""
    known = {scope.value for scope in Scope}
    if not names or not known.issuperset(names):
        raise UsageError("keys.scopes", f"Name one or more of these scopes: {', '.join(Scope)}.")
    return frozenset(Scope(name) for name in names)
