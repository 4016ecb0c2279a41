"""Named questions: what there is to ask, the answers, and pictures of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from api.desk import AtDesk, guarded
from api.responses import NOT_CHANGED, PROBLEMS
from api.v1.models import After, Asked, AsOf, Limit, Model, Page, Text, Time
from core.clock import iso
from queries import Answer, Kind, Question, ask, picture, questions
from security import Scope

router = APIRouter(prefix="/v1/questions", route_class=guarded(Scope.READ), tags=["questions"])

Name = Annotated[
    str, Path(min_length=1, max_length=60, description="Name of a question, as the list gives it.")
]
Value = Annotated[Text, Field(max_length=500)] | Annotated[int, Field(ge=-(2**53), le=2**53)]


class ParamTold(Model):
    """A parameter of a question."""

    name: str
    kind: Kind
    about: str
    required: bool
    default: str | int | None
    least: int | None
    most: int | None
    types: list[str] = Field(description="For a `type`: those that the question makes sense for; empty: all.")


class ColumnTold(Model):
    """A column of an answer."""

    name: str
    kind: Kind | None
    about: str
    optional: bool = Field(description="Whether it may be null.")


class QuestionTold(Model):
    """A question that can be asked."""

    name: str
    title: str
    about: str
    params: list[ParamTold]
    columns: list[ColumnTold]
    rows: int = Field(description="Rows of one answer, at most.")
    picturable: bool


class Questions(Page):
    """All questions."""

    items: list[QuestionTold]


class QuestionAsked(Asked):
    """Parameters by name, as the list of questions tells them; times as ISO 8601."""

    params: dict[str, Value] = Field(default_factory=dict, max_length=20)
    limit: Limit | None = None
    after: After | None = None
    as_of: AsOf | None = None


class PictureAsked(Asked):
    """Parameters by name, and how many links to draw."""

    params: dict[str, Value] = Field(default_factory=dict, max_length=20)
    limit: Annotated[int, Field(ge=1, le=2_000, description="Links, at most.")] = 300
    as_of: AsOf | None = None


class Answered(Page):
    """An answer: `items` are objects by column name."""

    items: list[dict[str, Any]]
    columns: list[ColumnTold]
    cut_by: list[str] = Field(description="`rows`, `hubs` (reported, not walked), `breadth`, `bytes`.")
    as_of: Time | None
    seconds: float


class Node(Model):
    """A node of a picture."""

    id: str
    type: str
    key: str
    caption: str
    known_at: Time | None


class Edge(Model):
    """An edge of a picture."""

    start: str
    end: str
    type: str
    known_at: Time | None


class Drawn(Model):
    """A part of the graph to draw."""

    nodes: list[Node]
    edges: list[Edge]
    cut: bool
    cut_by: list[str]
    as_of: Time
    seconds: float


def told(one: Question) -> QuestionTold:
    """A question as the list tells it."""
    return QuestionTold.model_validate(one)


def answered(found: Answer) -> Answered:
    """An answer with its times as text."""
    times = [place for place, column in enumerate(found.columns) if column.kind is Kind.TIME]
    names = [column.name for column in found.columns]
    items = []
    for row in found.rows:
        cells = list(row)
        for place in times:
            cells[place] = iso(cells[place])
        items.append(dict(zip(names, cells, strict=True)))
    columns = [ColumnTold.model_validate(column) for column in found.columns]
    return Answered(
        items=items,
        next=found.next,
        cut=found.cut,
        cut_by=list(found.cut_by),
        columns=columns,
        as_of=found.as_of,
        seconds=found.seconds,
    )


@router.get(
    "",
    operation_id="list_questions",
    summary="The questions that can be asked",
    response_model=Questions,
    responses={**PROBLEMS, **NOT_CHANGED},
)
async def list_questions(desk: AtDesk) -> Response:
    """Every named question with its parameters and columns."""
    return desk.reply(Questions(items=[told(one) for one in questions()], next=None, cut=False))


@router.post(
    "/{name}",
    operation_id="ask_question",
    summary="Ask a named question",
    response_model=Answered,
    responses=PROBLEMS,
)
async def ask_question(desk: AtDesk, name: Name, asked: QuestionAsked) -> Response:
    """The answer as known at `as_of`, page by page."""
    point = desk.point(asked.as_of, asked.after)
    found = await desk.ask(
        lambda graph, schema: ask(
            graph, schema, name, asked.params, as_of=point, limit=asked.limit, after=asked.after
        )
    )
    return desk.reply(answered(found))


@router.post(
    "/{name}/picture",
    operation_id="draw_question",
    summary="The part of the graph that a question is about",
    response_model=Drawn,
    responses=PROBLEMS,
)
async def draw_question(desk: AtDesk, name: Name, asked: PictureAsked) -> Response:
    """Nodes and edges to draw, the newest links first. 404 for a question that has no picture."""
    point = desk.point(asked.as_of)
    found = await desk.ask(
        lambda graph, schema: picture(graph, schema, name, asked.params, as_of=point, limit=asked.limit)
    )
    return desk.reply(Drawn.model_validate(found))
