"""Rings: the list, one of them, its members, what they share, its graph, its history."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field, field_validator
from starlette.responses import Response

from api.desk import AtDesk, guarded
from api.responses import NOT_CHANGED, PROBLEMS, example
from api.v1 import examples
from api.v1.models import AfterQuery, AsOfQuery, LimitQuery, Model, Page, Time, shaped
from rings import Sort, list_rings, show_ring
from security import Scope

router = APIRouter(prefix="/v1/rings", route_class=guarded(Scope.READ), tags=["rings"])

RingKey = Annotated[str, Path(min_length=1, max_length=80, description="Name of the ring; it keeps it.")]


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

    @field_validator("reasons", mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        return json.loads(value) if isinstance(value, str) else value


class Rings(Page):
    """A page of rings."""

    items: list[RingTold]
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


@router.get(
    "",
    operation_id="list_rings",
    summary="The rings, page by page",
    response_model=Rings,
    responses={**PROBLEMS, **NOT_CHANGED, **example(examples.RINGS)},
)
async def get_rings(
    desk: AtDesk,
    sort: Annotated[Sort, Query(description="What comes first.")] = Sort.SCORE,
    everything: Annotated[
        bool, Query(alias="all", description="Also groups whose score is too low to call them rings.")
    ] = False,
    limit: LimitQuery = 50,
    after: AfterQuery = None,
    as_of: AsOfQuery = None,
) -> Response:
    """The rings of the last run that was known at `as_of`."""
    point = as_of if after else desk.point(as_of)
    page = await desk.ask(
        lambda graph, _: list_rings(graph, sort=sort, everything=everything, limit=limit, after=after)
    )
    return desk.reply(shaped(Rings, page, as_of=point))


@router.get(
    "/{ring}",
    operation_id="get_ring",
    summary="One ring",
    response_model=RingDetail,
    responses={**PROBLEMS, **NOT_CHANGED, **example(examples.RING)},
)
async def get_ring(desk: AtDesk, ring: RingKey, limit: LimitQuery = 50, as_of: AsOfQuery = None) -> Response:
    """The ring as the last run known at `as_of` left it; one that has dissolved as it was last."""
    point = desk.point(as_of)
    found = await desk.ask(lambda graph, schema: show_ring(graph, schema, ring, limit=limit))
    return desk.reply(shaped(RingDetail, found, as_of=point))
