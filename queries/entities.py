"""One application, user or identifier as of a moment: what it is, what it is linked to, what became of it.

What was not known by then is not found. Lists are bounded, and `cut` names those that were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from core.clock import Clock, now_us
from core.errors import NotFoundError
from core.graph import Graph, Row, Transaction
from core.page import Page, require_limit
from graph_schema import NodeType, Schema
from queries.entity_texts import (
    APPLICATIONS_ORDER,
    application_text,
    applications_text,
    identifier_text,
    user_text,
    uses_text,
)
from queries.entity_views import (
    ApplicationView,
    IdentifierView,
    OutcomeCount,
    SeenLink,
    SeenOutcome,
    SeenRing,
    UsedIdentifier,
    UserView,
)
from queries.pages import Place, asked, read_token, token
from queries.sight import SECONDS, WALK, Sight, links_seen, point, sight, walks

__all__ = [
    "ApplicationView",
    "IdentifierView",
    "OutcomeCount",
    "SeenLink",
    "SeenOutcome",
    "SeenRing",
    "UsedIdentifier",
    "UserView",
    "application",
    "identifier",
    "user",
    "user_applications",
]

LISTED = 200
"""Rows of a list inside a view at most."""
_PLUMBING = frozenset(
    {"key", "source", "id", "digest", "load", "hub_since", "hub_seq", "masked"}
    | {"carried", "carried_version"}
)
"""Properties that a view tells apart, or that say nothing of the thing itself."""


def application(
    graph: Graph,
    schema: Schema,
    source: str,
    id: str,  # noqa: A002 - the word of the key
    *,
    as_of: int | None = None,
    clock: Clock = now_us,
    seconds: float = SECONDS,
) -> ApplicationView:
    """The application `(source, id)` as of `as_of` (µs; default now).

    Raises `NotFoundError` (`entities.unknown`) when it was not known by then.
    """
    moment = point(as_of, clock)

    def work(tx: Transaction) -> ApplicationView:
        at = sight(tx, moment)
        row = _one(tx, application_text(schema), at, "application", key=f"{source}:{id}", walk=walks(schema))
        links = [_link(schema, one, at.as_of) for one in row["links"]]
        outcomes = _outcomes(row["outcomes"])
        lists = {"users": row["users"], "links": links, "outcomes": outcomes, "rings": row["rings"]}
        node = row["node"]
        return ApplicationView(
            **_named(node),
            known_at=node.get("known_at"),
            seq=node.get("seq"),
            properties=_properties(schema.node("Application"), node, "known_at", "seq"),
            users=tuple(row["users"][:LISTED]),
            links=tuple(links[:LISTED]),
            outcomes=tuple(outcomes[:LISTED]),
            rings=_rings(row["rings"]),
            as_of=at.as_of,
            run=at.run,
            cut=_cut(lists),
        )

    return graph.in_read(work, seconds=seconds)


def user(
    graph: Graph,
    schema: Schema,
    source: str,
    id: str,  # noqa: A002
    *,
    as_of: int | None = None,
    limit: int = 50,
    clock: Clock = now_us,
    seconds: float = SECONDS,
) -> UserView:
    """The user `(source, id)` as of `as_of`, with at most `limit` of their applications.

    Raises `NotFoundError` (`entities.unknown`) when nothing of theirs was known by then; `UsageError` (`page.limit`).
    """
    require_limit(limit)
    moment, key = point(as_of, clock), f"{source}:{id}"

    def work(tx: Transaction) -> UserView:
        at = sight(tx, moment)
        row = _one(tx, user_text(schema), at, "user", key=key, walk=walks(schema), most=WALK)
        named = [_used(schema, one, at.as_of) for one in row["identifiers"]]
        page = replace(
            _applications(tx, at, key, limit, None),
            total=min(row["applications"], WALK),
            total_cut=row["applications"] > WALK,
        )
        cut = _cut({"identifiers": named, "rings": row["rings"]})
        if row["applications"] + row["events"] > WALK:
            cut = tuple(dict.fromkeys(("identifiers", "rings", *cut)))
        return UserView(
            **_named(row["node"]),
            properties=_properties(schema.node("User"), row["node"]),
            applications=page,
            events=min(row["events"], WALK),
            relations=min(row["relations"], WALK),
            identifiers=tuple(named[:LISTED]),
            rings=_rings(row["rings"]),
            as_of=at.as_of,
            run=at.run,
            cut=cut,
        )

    return graph.in_read(work, seconds=seconds)


def user_applications(
    graph: Graph,
    source: str,
    id: str,  # noqa: A002
    *,
    as_of: int | None = None,
    limit: int = 50,
    after: str | None = None,
    clock: Clock = now_us,
    seconds: float = SECONDS,
) -> Page[Row]:
    """A page of a user's applications, newest first, undated ones last, as `UserView.applications`.

    `after` is the `next` of the page before, and carries its moment. Raises `UsageError` (`page.limit`, `page.after`).
    A user who is not known has none.
    """
    require_limit(limit)
    key = f"{source}:{id}"
    place = None if after is None else read_token(_paging(key), after, (int, int, str), as_of)
    moment = place.as_of if place else point(as_of, clock)
    return graph.in_read(lambda tx: _applications(tx, sight(tx, moment), key, limit, place), seconds=seconds)


def identifier(
    graph: Graph,
    schema: Schema,
    type: str,  # noqa: A002 - what the label is called for a person
    key: str,
    *,
    as_of: int | None = None,
    clock: Clock = now_us,
    seconds: float = SECONDS,
) -> IdentifierView:
    """The identifier `key` of the type `type` as of `as_of`.

    Raises `NotFoundError` (`entities.unknown`) when nothing had named it by then; `UsageError`
    (`schema.unknown_label`) when there is no such type.
    """
    kind = schema.identifier(type)
    moment = point(as_of, clock)

    def work(tx: Transaction) -> IdentifierView:
        at = sight(tx, moment)
        row = _one(tx, identifier_text(schema, kind), at, "identifier", key=key, walk=walks(schema))
        node = row["node"]
        links = links_seen(kind, row["links"], node.get("hub_since"), at.as_of)
        walked = not links.hub and links.count is not None
        told: Row = dict.fromkeys(("applications", "events", "users", "first_at", "last_at"))
        told |= {"outcomes": [], "rings": []}
        if walked:
            told = tx.run(uses_text(kind), key=key, as_of=at.as_of, run=at.run, listed=LISTED + 1)[0]
        since = node.get("hub_since")
        return IdentifierView(
            type=type,
            key=key,
            masked=node.get("masked"),
            properties=_properties(kind, node),
            links=links.count,
            hub=links.hub,
            hub_since=since if since is not None and since < at.as_of else None,
            **{name: told[name] for name in ("applications", "events", "users", "first_at", "last_at")},
            outcomes=tuple(OutcomeCount(**one) for one in told["outcomes"]),
            rings=_rings(told["rings"]),
            as_of=at.as_of,
            run=at.run,
            cut=("hub",) * links.hub + ("links",) * (links.count is None) + _cut({"rings": told["rings"]}),
        )

    return graph.in_read(work, seconds=seconds)


def _one(tx: Transaction, text: str, at: Sight, what: str, **params: object) -> Row:
    parameters = {"as_of": at.as_of, "run": at.run, "listed": LISTED + 1, **params}
    rows = tx.run(text, **{name: value for name, value in parameters.items() if f"${name}" in text})
    if not rows:
        raise NotFoundError(
            "entities.unknown",
            f"No {what} of this name was known by then.",
            hints=("Look at the spelling of the name.", "Or ask as of a later moment."),
        )
    return rows[0]


def _applications(tx: Transaction, at: Sight, key: str, limit: int, place: Place | None) -> Page[Row]:
    rows = tx.run(
        applications_text(continued=place is not None),
        key=key,
        as_of=at.as_of,
        run=at.run,
        limit=limit + 1,
        **({"after": list(place.values)} if place else {}),
    )
    shown = [_application_row(row) for row in rows[:limit]]
    cut = len(rows) > limit
    last = tuple(rows[limit - 1][name] for name, _ in APPLICATIONS_ORDER) if cut else ()
    return Page(shown, token(_paging(key), Place(at.as_of, last)) if cut else None, cut)


def _application_row(row: Row) -> Row:
    told = {name: value for name, value in row.items() if name not in ("at", "nth")}
    return told | {"outcomes": {one["target"]: one["value"] for one in row["outcomes"]}}


def _paging(key: str) -> str:
    return asked("user applications", key)


def _named(node: Mapping[str, Any]) -> dict[str, Any]:
    return {name: node.get(name) for name in ("key", "source", "id")}


def _properties(kind: NodeType, node: Mapping[str, Any], *told: str) -> dict[str, Any]:
    """What the node says by the declaration of its type, in its order."""
    names = [p.name for p in kind.properties if p.name not in _PLUMBING and p.name not in told]
    return {name: node[name] for name in names if node.get(name) is not None}


def _link(schema: Schema, row: Row, as_of: int) -> SeenLink:
    links = links_seen(schema.identifier(row["type"]), row["links"], row["hub_since"], as_of)
    told = {name: row[name] for name in ("type", "key", "masked", "relation", "role", "known_at")}
    return SeenLink(**told, links=links.count, hub=links.hub)


def _used(schema: Schema, row: Row, as_of: int) -> UsedIdentifier:
    links = links_seen(schema.identifier(row["type"]), row["links"], row["hub_since"], as_of)
    told = {name: row[name] for name in ("type", "key", "masked", "applications", "first_at", "last_at")}
    return UsedIdentifier(**told, roles=tuple(sorted(row["roles"])), links=links.count, hub=links.hub)


def _outcomes(rows: Iterable[Row]) -> list[SeenOutcome]:
    """`rows` are newest first: the first of a target is the latest."""
    told: set[str] = set()
    found = []
    for row in rows:
        found.append(SeenOutcome(**row, latest=row["target"] not in told))
        told.add(row["target"])
    return found


def _rings(rows: Iterable[Row]) -> tuple[SeenRing, ...]:
    return tuple(SeenRing(**row) for row in list(rows)[:LISTED])


def _cut(lists: Mapping[str, list[Any]]) -> tuple[str, ...]:
    """Names of the lists of which one row more was read than is shown."""
    return tuple(name for name, rows in lists.items() if len(rows) > LISTED)
