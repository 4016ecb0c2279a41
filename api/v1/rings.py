"""Rings: the list, one of them, its members, what they share, its graph, its history."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import Response

from api.desk import AtDesk, guarded
from api.responses import NOT_CHANGED, PROBLEMS
from api.v1.models import (
    TOKEN_LONGEST,
    AfterQuery,
    Asked,
    AsOfQuery,
    LimitQuery,
    Model,
    Page,
    Point,
    Time,
    shaped,
    told,
)
from core.clock import iso
from core.graph import Graph
from graph_schema import Schema
from rings import (
    RingFilter,
    RingNode,
    Sort,
    list_rings,
    ring_evidence,
    ring_graph,
    ring_history,
    ring_members,
    show_ring,
)
from security import Scope

router = APIRouter(prefix="/v1/rings", route_class=guarded(Scope.READ), tags=["rings"])

RingKey = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$", description="Name of the ring; it keeps it.")]


class Reason(Model):
    """Why: a code with its parameters; words come from a catalogue."""

    code: str
    params: dict[str, Any] = Field(default_factory=dict)
    weight: float = 0.0
    evidence_ids: list[str] = Field(default_factory=list)


class RingTold(Model):
    """A ring in a few figures."""

    key: str
    born_run: int
    run: int = Field(description="The last run that changed it.")
    dissolved_run: int | None
    applications: int
    users: int
    first_at: Time | None
    last_at: Time | None
    amount_cents: int
    at_risk_cents: int = Field(description="Asked for, neither refused nor known as lost.")
    shared: str = Field(description="The type of what most of them share.")
    score: float = Field(description="Probability that most of its members work together.")
    listed: bool = Field(description="Whether its score is high enough to call it a ring.")
    reasons: list[Reason]


class Rings(Page):
    """A page of rings."""

    items: list[RingTold]
    total: int | None = Field(default=None, description="Of all pages, on the first one.")
    as_of: Time


class Member(Model):
    """A member application of a ring."""

    application: str
    users: list[str]
    lender: str | None
    known_at: Time | None
    amount_cents: int | None
    since: int = Field(description="Run that put it there.")
    outcome: float | None = Field(description="Fraud: 1, 0, or null when nothing is known.")


class Members(Page):
    """A page of members, in the order of facts."""

    items: list[Member]
    as_of: Time


class Evidence(Model):
    """An identifier that several users of the ring named."""

    type: str
    key: str
    masked: str | None
    users: int
    applications: int
    first_at: Time | None
    last_at: Time | None


class EvidencePage(Page):
    """A page of what members share, most users first."""

    items: list[Evidence]
    as_of: Time


class Outcomes(Model):
    """Of the members with a known outcome, how many have it so."""

    target: str = "fraud"
    known: int
    positive: int
    share: float | None


class Kin(Model):
    """A ring that this one came from, or that came from it."""

    ring: str
    run: int


class RingDetail(Model):
    """A ring with the first pages of its members and of what they share."""

    ring: RingTold
    members: Members
    evidence: EvidencePage
    evolved_from: list[Kin]
    evolved_into: list[Kin]
    outcomes: Outcomes
    as_of: Time
    run: int = Field(description="The run that was the last one known by then.")


class GraphNode(Model):
    """A user, an application or an identifier."""

    id: str = Field(description="Type and key.")
    type: str
    key: str
    label: str = Field(description="What a person may see of it.")
    known_at: Time | None
    properties: dict[str, Any] = Field(description="What neither identifies nor describes a person.")


class GraphEdge(Model):
    """Who submitted an application, or what names an identifier; `source` and `target` are ids of nodes."""

    source: str
    target: str
    type: str
    role: str | None
    known_at: Time | None


class GraphTotal(Model):
    """What the whole ring has, shown or not."""

    nodes: int
    edges: int
    by_type: dict[str, int]


class GraphOfRing(Model):
    """A ring as a graph."""

    ring: RingTold
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    cut: bool = Field(description="Whether nodes were left out: `total` has more.")
    total: GraphTotal
    as_of: Time


class HistoryEntry(Model):
    """What a run made of the ring."""

    run: int
    as_of: Time | None = Field(description="The run saw what was known before this moment.")
    known_at: Time | None = Field(description="From when on the run's rings are known.")
    applications: int
    users: int
    score: float
    listed: bool
    at_risk_cents: int
    joined: int
    left: int
    changes: list[Reason]


class History(Page):
    """What became of a ring, newest first."""

    items: list[HistoryEntry]
    as_of: Time


class Wanted(Asked):
    """Which rings, and in which order."""

    sort: Sort = Field(default=Sort.SCORE, description="What comes first.")
    everything: bool = Field(
        default=False, alias="all", description="Also groups whose score is too low to call them rings."
    )
    min_score: float | None = Field(default=None, ge=0, le=1)
    lender: str | None = Field(
        default=None, min_length=1, max_length=100, description="A member asks this lender for money."
    )
    tied_by: str | None = Field(
        default=None,
        pattern=r"^[A-Z][A-Za-z0-9]{0,39}$",
        description="An identifier of this type ties members.",
    )
    born_since: Point | None = Field(
        default=None, description="First found by a run known from then or later."
    )
    name: str | None = Field(
        default=None, min_length=1, max_length=100, description="The name holds this text."
    )
    limit: int = Field(default=50, ge=1, le=1_000, description="Items of a page, at most.")
    after: str | None = Field(
        default=None,
        max_length=TOKEN_LONGEST,
        description="The `next` of the page before; ask for the same as then.",
    )
    as_of: Point | None = Field(
        default=None,
        description="See the graph as it was known at this moment (default: now); nothing later is in the reply.",
    )

    def filter(self) -> RingFilter:
        """The filter of the list."""
        return RingFilter(
            min_score=self.min_score,
            lender=self.lender,
            tied_by=self.tied_by,
            born_since=self.born_since,
            name=self.name,
            everything=self.everything,
        )


@router.get(
    "",
    operation_id="list_rings",
    summary="The rings, page by page",
    response_model=Rings,
    responses={**PROBLEMS, **NOT_CHANGED},
)
async def get_rings(desk: AtDesk, wanted: Annotated[Wanted, Query()]) -> Response:
    """The rings of the last run that was known at `as_of`."""
    point = desk.point(wanted.as_of, wanted.after)
    page = await desk.ask(
        lambda graph, _: list_rings(
            graph,
            as_of=point,
            sort=wanted.sort,
            filters=wanted.filter(),
            limit=wanted.limit,
            after=wanted.after,
        )
    )
    return desk.reply(shaped(Rings, page, as_of=point))


@router.get(
    "/{ring}",
    operation_id="get_ring",
    summary="One ring",
    response_model=RingDetail,
    responses={**PROBLEMS, **NOT_CHANGED},
)
async def get_ring(desk: AtDesk, ring: RingKey, limit: LimitQuery = 50, as_of: AsOfQuery = None) -> Response:
    """The ring as the last run known at `as_of` left it, with the first members and what they share; one that has
    dissolved as it was last."""
    point = desk.point(as_of)
    found = await desk.ask(lambda graph, schema: show_ring(graph, schema, ring, as_of=point, limit=limit))
    members = shaped(Members, found.members, as_of=point)
    evidence = shaped(EvidencePage, found.evidence, as_of=point)
    outcomes = Outcomes.model_validate(found.outcomes.as_dict())
    return desk.reply(shaped(RingDetail, found, members=members, evidence=evidence, outcomes=outcomes))


@router.get(
    "/{ring}/members",
    operation_id="list_ring_members",
    summary="The members of a ring, page by page",
    response_model=Members,
    responses={**PROBLEMS, **NOT_CHANGED},
)
async def get_members(
    desk: AtDesk, ring: RingKey, limit: LimitQuery = 50, after: AfterQuery = None, as_of: AsOfQuery = None
) -> Response:
    """Applications of the ring, in the order of facts."""
    point = desk.point(as_of, after)
    page = await desk.ask(lambda graph, _: ring_members(graph, ring, as_of=point, limit=limit, after=after))
    return desk.reply(shaped(Members, page, as_of=point))


@router.get(
    "/{ring}/evidence",
    operation_id="list_ring_evidence",
    summary="What the members of a ring share, page by page",
    response_model=EvidencePage,
    responses={**PROBLEMS, **NOT_CHANGED},
)
async def get_evidence(
    desk: AtDesk, ring: RingKey, limit: LimitQuery = 50, after: AfterQuery = None, as_of: AsOfQuery = None
) -> Response:
    """Identifiers that tie its users, most users first."""
    point = desk.point(as_of, after)
    page = await desk.ask(
        lambda graph, schema: ring_evidence(graph, schema, ring, as_of=point, limit=limit, after=after)
    )
    return desk.reply(shaped(EvidencePage, page, as_of=point))


@router.get(
    "/{ring}/graph",
    operation_id="get_ring_graph",
    summary="A ring as a graph to draw",
    response_model=GraphOfRing,
    responses={**PROBLEMS, **NOT_CHANGED},
)
async def get_graph(
    desk: AtDesk,
    ring: RingKey,
    limit: Annotated[int, Query(ge=1, le=1_000, description="Nodes, at most.")] = 300,
    as_of: AsOfQuery = None,
) -> Response:
    """Its users, applications and what ties them. Where there is more than `limit` nodes, what ties fewest is left out."""
    point = desk.point(as_of)

    def read(graph: Graph, schema: Schema) -> GraphOfRing:
        found = ring_graph(graph, schema, ring, as_of=point, limit=limit)
        nodes = [shaped(GraphNode, one, properties=_node_properties(schema, one)) for one in found.nodes]
        return shaped(GraphOfRing, found, nodes=nodes, as_of=point)

    return desk.reply(await desk.ask(read))


def _node_properties(schema: Schema, node: RingNode) -> dict[str, Any]:
    """With times as text, that of its last link too."""
    properties = told(schema, node.type, node.properties)
    return properties | ({"last_at": iso(properties["last_at"])} if "last_at" in properties else {})


@router.get(
    "/{ring}/history",
    operation_id="list_ring_history",
    summary="What became of a ring, page by page",
    response_model=History,
    responses={**PROBLEMS, **NOT_CHANGED},
)
async def get_history(
    desk: AtDesk, ring: RingKey, limit: LimitQuery = 50, after: AfterQuery = None, as_of: AsOfQuery = None
) -> Response:
    """What each run that was known at `as_of` made of the ring, newest first, with reasons."""
    point = desk.point(as_of, after)
    page = await desk.ask(lambda graph, _: ring_history(graph, ring, as_of=point, limit=limit, after=after))
    return desk.reply(shaped(History, page, as_of=point))
