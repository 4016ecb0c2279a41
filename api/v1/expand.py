"""Going on from a node: its neighbours page by page, and the shortest chains between two people."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.desk import AtDesk, guarded
from api.responses import PROBLEMS
from api.v1.models import After, Asked, AsOf, Key, Label, Limit, Model, Page, Text, Time, shaped
from queries import ask
from queries.expand import expand
from queries.neighbours import Order
from security import Scope

router = APIRouter(prefix="/v1", route_class=guarded(Scope.READ), tags=["graph"])
PATHS = "links_between"
"""The question that finds paths."""

Relation = Annotated[Text, Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$", description="A type of link.")]


class ExpandAsked(Asked):
    """What to expand, and how."""

    type: Label = Field(
        description="Type of the node: Application, Event, User, Ring or a type of identifier."
    )
    key: Key
    relation: Relation | None = Field(default=None, description="Only links of this type.")
    neighbour: Label | None = Field(default=None, description="Only neighbours of this type.")
    order: Order = Field(default=Order.NEWEST, description="Which neighbours come first.")
    limit: Limit = 50
    after: After | None = None
    as_of: AsOf | None = None


class Neighbour(Model):
    """One link of the node and what it leads to."""

    relation: str
    outgoing: bool = Field(description="Whether the link leads from the node to the neighbour.")
    known_at: Time | None
    properties: dict[str, Any]
    type: str
    key: str
    caption: str | None = Field(description="What a person may see of it.")
    degree: int | None = Field(description="Links it had by then, up to its limit; null: too many to count.")
    hub: bool


class Expanded(Page):
    """A page of neighbours."""

    items: list[Neighbour]
    cut_by: list[str] = Field(
        description="`rows`: there are more; `order`: too many for the order asked for; `total`: counting stopped."
    )
    total: int | None
    total_cut: bool
    type: str
    key: str
    hub: bool = Field(description="Whether the node itself is a hub: a person may page through it.")
    order: Order
    as_of: Time
    run: int


class PathsAsked(Asked):
    """The two ends, by the keys of their users."""

    user: Key
    other: Key
    hops: Annotated[int, Field(ge=1, le=6, description="Links of a path, at most.")] = 6
    limit: Annotated[int, Field(ge=1, le=20, description="Paths, at most.")] = 5
    as_of: AsOf | None = None


class FoundPath(Model):
    """One path."""

    path: int = Field(description="Its number, the shortest first.")
    hops: int
    steps: list[str] = Field(description="What it goes over, from one end to the other.")
    first_at: Time | None = Field(description="When the first of its links became known.")
    last_at: Time | None = Field(description="When the last did: the path stands since then.")
    undated: bool


class Paths(Page):
    """The shortest paths between two people; none goes through a hub."""

    items: list[FoundPath]
    cut_by: list[str] = Field(
        description="`rows`, `hubs` (met and not walked), `breadth` (more than may be looked at)."
    )
    as_of: Time


@router.post(
    "/expand",
    operation_id="expand",
    summary="Neighbours of a node, page by page",
    response_model=Expanded,
    responses=PROBLEMS,
)
async def expand_node(desk: AtDesk, asked: ExpandAsked) -> Response:
    """Neighbours by type, relation, time or connectedness. A hub can be paged through; nothing goes on from there."""
    point = desk.point(asked.as_of, asked.after)
    found = await desk.ask(
        lambda graph, schema: expand(
            graph,
            schema,
            asked.type,
            asked.key,
            as_of=point,
            relation=asked.relation,
            neighbour=asked.neighbour,
            order=asked.order,
            limit=asked.limit,
            after=asked.after,
        )
    )
    return desk.reply(shaped(Expanded, found.as_dict()))


@router.post(
    "/paths",
    operation_id="find_paths",
    summary="The shortest paths between two people",
    response_model=Paths,
    responses=PROBLEMS,
)
async def find_paths(desk: AtDesk, asked: PathsAsked) -> Response:
    """At most six links, never through a hub; `cut_by` says when something was not looked at."""
    point = desk.point(asked.as_of)
    params = {"user": asked.user, "other": asked.other, "hops": asked.hops}
    found = await desk.ask(
        lambda graph, schema: ask(graph, schema, PATHS, params, as_of=point, limit=asked.limit)
    )
    return desk.reply(shaped(Paths, found.as_dict()))
