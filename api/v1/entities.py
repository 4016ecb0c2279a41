"""Applications, users and identifiers, one at a time, as they were known at a moment."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from api.desk import AtDesk, guarded
from api.responses import NOT_CHANGED, PROBLEMS
from api.v1.models import AfterQuery, AsOfQuery, LimitQuery, Model, Page, Time, shaped, told
from core.graph import Graph
from graph_schema import Schema
from queries.entities import application, identifier, user, user_applications
from security import Scope

router = APIRouter(prefix="/v1", route_class=guarded(Scope.READ))

Source = Annotated[
    str, Path(min_length=1, max_length=200, description="Who gave the id: the source of a mapping.")
]
Id = Annotated[str, Path(min_length=1, max_length=300, description="The id within its source.")]


class Link(Model):
    """A link from an application to an identifier."""

    type: str = Field(description="Type of the identifier.")
    key: str
    masked: str | None = Field(description="What a person may see of it.")
    relation: str
    role: str | None
    known_at: Time | None
    links: int | None = Field(description="Links that the identifier had by then; null: too many to count.")
    hub: bool = Field(description="Whether it was a hub by then: reported, never walked.")


class Outcome(Model):
    """What became of an application."""

    target: str
    value: float
    source: str | None
    event_at: Time | None
    known_at: Time | None
    latest: bool = Field(description="Whether it holds: the latest known of its target.")


class RingOf(Model):
    """A ring that something belongs to, in the last run known by then."""

    key: str
    score: float
    listed: bool
    applications: int
    users: int
    members: int = Field(description="How many of its applications are meant here.")
    since: int = Field(description="Run that put the first of them there.")


class Application(Model):
    """An application with its links, outcomes and rings."""

    key: str
    source: str | None
    id: str | None
    known_at: Time | None
    properties: dict[str, Any]
    users: list[str]
    links: list[Link]
    outcomes: list[Outcome]
    rings: list[RingOf]
    as_of: Time
    run: int = Field(description="Run of the ring finder that the rings are of; 0: none was known.")
    cut: list[str] = Field(description="The lists that are not whole.")


class UserApplication(Model):
    """One of a user's applications in a few words."""

    key: str
    source: str | None
    id: str | None
    known_at: Time | None
    lender: str | None
    product: str | None
    amount_cents: int | None
    outcomes: dict[str, float] = Field(description="Latest value by target.")
    ring: str | None


class UserApplications(Page):
    """A page of a user's applications, newest first."""

    items: list[UserApplication]
    total: int | None = Field(default=None, description="Of all pages, up to 1,000.")
    total_cut: bool = False
    as_of: Time


class UsedIdentifier(Model):
    """An identifier that a user's applications and events name."""

    type: str
    key: str
    masked: str | None
    roles: list[str]
    applications: int
    first_at: Time | None
    last_at: Time | None
    links: int | None
    hub: bool


class User(Model):
    """A user with the first page of their applications."""

    key: str
    source: str | None
    id: str | None
    properties: dict[str, Any]
    applications: UserApplications
    events: int
    relations: int
    identifiers: list[UsedIdentifier]
    rings: list[RingOf]
    as_of: Time
    run: int
    cut: list[str]


class OutcomeCount(Model):
    """Of the applications that name an identifier, how many have an outcome known, and so."""

    target: str
    known: int
    positive: int


class Identifier(Model):
    """An identifier. Of a hub nothing is told but that it is one."""

    type: str
    key: str
    masked: str | None
    properties: dict[str, Any]
    links: int | None
    hub: bool
    hub_since: Time | None
    applications: int | None
    events: int | None
    users: int | None
    first_at: Time | None
    last_at: Time | None
    outcomes: list[OutcomeCount]
    rings: list[RingOf]
    as_of: Time
    run: int
    cut: list[str]


@router.get(
    "/applications/{source}/{id:path}",
    operation_id="get_application",
    summary="An application with its links, outcomes and rings",
    tags=["graph"],
    response_model=Application,
    responses={**PROBLEMS, **NOT_CHANGED},
)
async def get_application(desk: AtDesk, source: Source, id: Id, as_of: AsOfQuery = None) -> Response:
    """The application as it was known at `as_of`. 404 when it was not known by then."""
    point = desk.point(as_of)

    def read(graph: Graph, schema: Schema) -> Application:
        found = application(graph, schema, source, id, as_of=point)
        return shaped(Application, found, properties=told(schema, "Application", found.properties))

    return desk.reply(await desk.ask(read))


@router.get(
    "/users/{source}/{id}/applications",
    operation_id="list_user_applications",
    summary="A user's applications, page by page",
    tags=["graph"],
    response_model=UserApplications,
    responses={**PROBLEMS, **NOT_CHANGED},
)
async def list_user_applications(
    desk: AtDesk,
    source: Source,
    id: Id,
    limit: LimitQuery = 50,
    after: AfterQuery = None,
    as_of: AsOfQuery = None,
) -> Response:
    """Newest first. A user who was not known by then has none."""
    point = desk.point(as_of, after)
    found = await desk.ask(
        lambda graph, _: user_applications(graph, source, id, as_of=point, limit=limit, after=after)
    )
    return desk.reply(shaped(UserApplications, found, as_of=point))


@router.get(
    "/users/{source}/{id}",
    operation_id="get_user",
    summary="A user with applications, identifiers and rings",
    tags=["graph"],
    response_model=User,
    responses={**PROBLEMS, **NOT_CHANGED},
)
async def get_user(
    desk: AtDesk,
    source: Source,
    id: Id,
    limit: LimitQuery = 50,
    as_of: AsOfQuery = None,
) -> Response:
    """The user as known at `as_of`, with the `limit` newest applications; `…/applications` goes on from them."""
    point = desk.point(as_of)

    def read(graph: Graph, schema: Schema) -> User:
        found = user(graph, schema, source, id, as_of=point, limit=limit)
        page = shaped(UserApplications, found.applications, as_of=point)
        return shaped(User, found, applications=page, properties=told(schema, "User", found.properties))

    return desk.reply(await desk.ask(read))


@router.get(
    "/identifiers/{type}/{id}",
    operation_id="get_identifier",
    summary="An identifier and what names it",
    tags=["graph"],
    response_model=Identifier,
    responses={**PROBLEMS, **NOT_CHANGED},
)
async def get_identifier(
    desk: AtDesk,
    type: Annotated[str, Path(pattern=r"^[A-Z][A-Za-z0-9]{0,39}$", description="Type, such as Phone.")],
    id: Annotated[str, Path(min_length=1, max_length=64, description="Key: the keyed hash.")],
    as_of: AsOfQuery = None,
) -> Response:
    """The identifier as known at `as_of`. A raw value has no place in a URL: ask /v1/identifiers/lookup for its key."""
    point = desk.point(as_of)

    def read(graph: Graph, schema: Schema) -> Identifier:
        found = identifier(graph, schema, type, id, as_of=point)
        return shaped(Identifier, found, properties=told(schema, type, found.properties))

    return desk.reply(await desk.ask(read))
