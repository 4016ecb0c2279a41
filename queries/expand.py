"""The neighbours of a node, page by page, as of a moment. What a person opens is expanded; nothing goes on from there.

A page costs one pass over the links of the node, hub or not, and reads whole only the rows that it shows.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from core.clock import Clock, now_us
from core.errors import NotFoundError, UsageError
from core.graph import Graph, Row, Transaction
from core.page import Page, require_limit
from graph_schema import Identifier, Schema
from queries.neighbours import EXPANDED, PLACE, PLACE_KINDS, Order, Step, head_text, page_text, steps
from queries.pages import Place, asked, read_token, token
from queries.sight import SECONDS, WALK, Sight, links_seen, point, sight, walks

OPENED = tuple(label for label in EXPANDED if label != "Outcome")
"""Labels of nodes that can be expanded, beside those of identifiers."""


@dataclass(frozen=True)
class Neighbour:
    """One link of the node, and what it leads to. Times are µs; None on what is undated."""

    relation: str
    outgoing: bool
    """Whether the link leads from the node to the neighbour."""
    known_at: int | None
    """Of the link; of a ring's member that of the application."""
    seq: int | None
    properties: dict[str, Any]
    """What else the link says: `role`, `kind`, `month`, …"""
    type: str
    """Label of the neighbour."""
    key: str
    caption: str | None
    """What a person may see of it: an identifier's masked form, an event's kind, an outcome's target."""
    degree: int | None
    """Links that the neighbour has by then: of an identifier those from applications and events, of an application or
    event its identifiers, of a user their applications and events, of a ring its applications. It stops at `walk`
    (1,000); None: too many today to look through for those of then."""
    hub: bool
    """Whether the neighbour is a hub by then."""


@dataclass(frozen=True)
class Expansion:
    """A page of neighbours."""

    type: str
    key: str
    hub: bool
    """Whether the node itself is a hub by then."""
    order: Order
    """The order of the rows: `newest` instead of one by connectedness when the node has more links than its `walk`."""
    page: Page[Neighbour]
    """Of `Neighbour`; `total` stops past the node's `walk` (1,000)."""
    as_of: int
    run: int
    cut_by: tuple[str, ...] = ()
    """`rows` (there are more), `order` (not the order asked for), `total` (counting stopped)."""

    def as_dict(self) -> dict[str, Any]:
        """The page as one JSON object: `items`, `next`, `cut`, `total`, and about the node."""
        about = {name: value for name, value in asdict(self).items() if name != "page"}
        return {**asdict(self.page), **about}


@dataclass(frozen=True)
class _Asked:
    """What is expanded, and how."""

    schema: Schema
    type: str
    key: str
    relation: str | None
    neighbour: str | None

    @property
    def walk(self) -> int:
        kind = self.schema.node(self.type)
        return kind.walk if isinstance(kind, Identifier) else WALK

    def steps(self) -> tuple[Step, ...]:
        """The ways asked for; raises `UsageError` (`expand.relation`, `expand.neighbour`) when there is none."""
        known = steps(self.schema, self.type)
        chosen = [step for step in known if self.relation in (None, step.relation)]
        if not chosen:
            raise UsageError(
                "expand.relation",
                f"A {self.type} has no such relation; it has: {', '.join(sorted({s.relation for s in known}))}.",
            )
        if self.neighbour is None:
            return tuple(chosen)
        wanted = self.neighbour
        narrowed = [
            Step(step.relation, step.outgoing, (wanted,), step.identity, step.properties)
            for step in chosen
            if wanted in step.neighbours
        ]
        if not narrowed:
            labels = sorted({label for step in chosen for label in step.neighbours})
            raise UsageError("expand.neighbour", f"Neighbours there are of the types {', '.join(labels)}.")
        return tuple(narrowed)

    def paging(self, order: Order) -> str:
        return asked("expand", self.type, self.key, self.relation, self.neighbour, order)


def expand(
    graph: Graph,
    schema: Schema,
    type: str,  # noqa: A002 - what the label is called for a person
    key: str,
    *,
    as_of: int | None = None,
    relation: str | None = None,
    neighbour: str | None = None,
    order: Order = Order.NEWEST,
    limit: int = 50,
    after: str | None = None,
    clock: Clock = now_us,
    seconds: float = SECONDS,
) -> Expansion:
    """At most `limit` neighbours of the node `key` of the type `type` as of `as_of` (µs; default now).

    `relation` and `neighbour` (a label) narrow it; undated links come last. `after` is the `next` of the page before:
    it carries that page's moment and order. Raises `NotFoundError` (`entities.unknown`) when the node was not known by
    then; `UsageError`: `expand.type`, `expand.relation`, `expand.neighbour`, `page.limit`, `page.after`.
    """
    require_limit(limit)
    if type not in (*OPENED, *(identifier.label for identifier in schema.identifiers)):
        known = ", ".join((*OPENED, *(identifier.label for identifier in schema.identifiers)))
        raise UsageError("expand.type", f"Nodes of these types can be expanded: {known}.")
    question = _Asked(schema, type, key, relation, neighbour)
    chosen = question.steps()
    place, used = _place(question, order, after, as_of)
    moment = place.as_of if place else point(as_of, clock)

    def work(tx: Transaction) -> Expansion:
        at = sight(tx, moment)
        head = _head(tx, question, chosen, at)
        now = used or (Order.NEWEST if order.by_degree and head["total"] > question.walk else order)
        rows = tx.run(
            page_text(schema, type, chosen, by_degree=now.by_degree, continued=place is not None),
            **_parameters(question, at),
            sign=now.sign,
            limit=limit + 1,
            **({"after": list(place.values)} if place else {}),
        )
        cut = len(rows) > limit
        last = Place(at.as_of, tuple(rows[limit - 1][name] for name, _ in PLACE)) if cut else None
        page = Page(
            [_neighbour(schema, row, at) for row in rows[:limit]],
            token(question.paging(now), last) if last else None,
            cut,
            total=min(head["total"], question.walk),
            total_cut=head["total"] > question.walk,
        )
        cut_by = ("rows",) * cut + ("order",) * (now is not order) + ("total",) * page.total_cut
        return Expansion(type, key, head["hub"], now, page, at.as_of, at.run, cut_by)

    return graph.in_read(work, seconds=seconds)


def _place(
    question: _Asked, order: Order, after: str | None, as_of: int | None
) -> tuple[Place | None, Order | None]:
    """Where to go on, and in which order: a page by connectedness may have fallen back to the newest."""
    if after is None:
        return None, None
    try:
        return read_token(question.paging(order), after, PLACE_KINDS, as_of), order
    except UsageError:
        if not order.by_degree:
            raise
        return read_token(question.paging(Order.NEWEST), after, PLACE_KINDS, as_of), Order.NEWEST


def _parameters(question: _Asked, at: Sight) -> dict[str, object]:
    return {"key": question.key, "as_of": at.as_of, "run": at.run, "walk": walks(question.schema)}


def _head(tx: Transaction, question: _Asked, chosen: tuple[Step, ...], at: Sight) -> Row:
    """`hub` and `total` of the node."""
    text = head_text(question.schema, question.type, chosen)
    rows = tx.run(text, **_parameters(question, at), most=question.walk + 1)
    if not rows:
        raise NotFoundError(
            "entities.unknown",
            f"No {question.type} of this key was known by then.",
            hints=("Look at the spelling of the key.", "Or ask as of a later moment."),
        )
    kind, row = question.schema.node(question.type), rows[0]
    hub = isinstance(kind, Identifier) and links_seen(kind, row["links"], row["hub_since"], at.as_of).hub
    return {"hub": hub, "total": row["total"]}


def _neighbour(schema: Schema, row: Row, at: Sight) -> Neighbour:
    kind, degree, hub = schema.node(row["type"]), row["degree"], False
    if isinstance(kind, Identifier):
        links = links_seen(kind, degree, row["hub_since"], at.as_of)
        degree, hub = links.count, links.hub
    elif degree is not None:
        degree = min(degree, WALK)
    told = {name: row[name] for name in ("relation", "outgoing", "known_at", "seq", "type", "key", "caption")}
    properties = {name: value for name, value in row["properties"].items() if value is not None}
    return Neighbour(**told, properties=properties, degree=degree, hub=hub)
