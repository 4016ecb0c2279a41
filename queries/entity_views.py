"""What one application, user or identifier looks like as of a moment. Times are µs; None on what is undated."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from core.graph import Row
from core.page import Page


@dataclass(frozen=True)
class SeenLink:
    """A link to an identifier. Times are µs; None on what is undated."""

    type: str
    """Label of the identifier."""
    key: str
    masked: str | None
    relation: str
    role: str | None
    known_at: int | None
    links: int | None
    """Links of the identifier by then, up to its `walk`; None: too many today to look through for those of then."""
    hub: bool
    """Whether it was a hub by then."""


@dataclass(frozen=True)
class SeenOutcome:
    """An outcome known by then; `latest` holds of all those of its target."""

    target: str
    value: float
    source: str | None
    event_at: int | None
    known_at: int | None
    latest: bool


@dataclass(frozen=True)
class SeenRing:
    """A ring of the last run known by then, as it was in it."""

    key: str
    score: float
    listed: bool
    applications: int
    users: int
    members: int
    """How many of its applications are the ones asked about."""
    since: int
    """Run that put the first of them there."""


@dataclass(frozen=True)
class ApplicationView:
    """An application."""

    key: str
    source: str | None
    id: str | None
    known_at: int | None
    seq: int | None
    properties: dict[str, Any]
    """What else its node says, by name; declared properties that it lacks are left out."""
    users: tuple[str, ...]
    """Keys of who submitted it."""
    links: tuple[SeenLink, ...]
    """By type, then in the order of facts."""
    outcomes: tuple[SeenOutcome, ...]
    """Newest first."""
    rings: tuple[SeenRing, ...]
    as_of: int
    run: int
    """The run that the rings are of; 0 when none was known."""
    cut: tuple[str, ...] = ()
    """The lists that are not whole."""

    def as_dict(self) -> dict[str, Any]:
        """The view as one JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class UsedIdentifier:
    """An identifier that a user's applications and events name."""

    type: str
    key: str
    masked: str | None
    roles: tuple[str, ...]
    applications: int
    """Applications and events of the user that name it."""
    first_at: int | None
    last_at: int | None
    links: int | None
    """Links of the identifier by then, of anybody; as in `SeenLink`."""
    hub: bool


@dataclass(frozen=True)
class UserView:
    """A user, with the first page of their applications, newest first."""

    key: str
    source: str | None
    id: str | None
    properties: dict[str, Any]
    applications: Page[Row]
    """`key, source, id, known_at, seq, lender, product, amount_cents, outcomes` (latest value by target) and `ring`."""
    events: int
    """Other events of theirs, up to 1,000."""
    relations: int
    """Stated relations to other users, up to 1,000."""
    identifiers: tuple[UsedIdentifier, ...]
    """Named most first; from their newest 1,000 applications and events."""
    rings: tuple[SeenRing, ...]
    as_of: int
    run: int
    cut: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The view as one JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class OutcomeCount:
    """Of the applications that name an identifier, `known` have an outcome of the target, `positive` have it so."""

    target: str
    known: int
    positive: int


@dataclass(frozen=True)
class IdentifierView:
    """An identifier. Of a hub nothing is told but that it is one: its neighbours are for `queries.expand` to page."""

    type: str
    key: str
    masked: str | None
    properties: dict[str, Any]
    links: int | None
    """As in `SeenLink`."""
    hub: bool
    hub_since: int | None
    """µs; None while it was none."""
    applications: int | None
    events: int | None
    users: int | None
    first_at: int | None
    last_at: int | None
    outcomes: tuple[OutcomeCount, ...]
    rings: tuple[SeenRing, ...]
    as_of: int
    run: int
    cut: tuple[str, ...] = ()
    """`hub` when it is one, `links` when they are too many to look through as of then."""

    def as_dict(self) -> dict[str, Any]:
        """The view as one JSON object."""
        return asdict(self)
