"""What comes after an application: amendments, outcomes, events. Each arrives at a point of its own and is kept for ever."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from api.desk import AtDesk, guarded
from api.responses import WRITES
from api.v1.models import Asked, Model, Moment, Text, Time
from api.v1.score import MOST_AT_ONCE, GivenAsked, IdText, SentAsked, SourceName, at_scoring
from loaders.arrive import Arrived
from scoring.facts import Told
from security import Scope

router = APIRouter(prefix="/v1", route_class=guarded(Scope.SCORE), tags=["facts"])
Kind = Annotated[Text, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class AmendmentAsked(Asked):
    """Identifiers that are added to an application."""

    identifiers: Annotated[list[GivenAsked], Field(min_length=1, max_length=MOST_AT_ONCE)]


class OutcomeAsked(Asked):
    """What became of an application."""

    source: SourceName
    application: IdText = Field(description="Its id within the source.")
    target: Kind = Field(description="fraud, approval, disbursement, overdue, amount, …")
    value: float = Field(description="1 or 0; of an amount whole cents.", allow_inf_nan=False, strict=True)
    id: IdText | None = Field(
        default=None,
        description="Of the outcome (default: of the first one of this target); a correction has its own.",
    )
    event_at: Moment | None = None


class EventAsked(SentAsked):
    """Something else that a user did."""

    kind: Kind = Field(description="signup, login, card_change, …")


class Fact(Model):
    """A fact that stands."""

    key: str
    known_at: Time | None = Field(description="From when on it is known.")
    unchanged: bool = Field(description="Whether it stood already, with the same content.")


class Facts(Model):
    """Facts that stand, in the order in which they were sent."""

    facts: list[Fact]


@router.post(
    "/applications/{source}/{id:path}/amendments",
    operation_id="amend",
    summary="Add identifiers to an application",
    response_model=Facts,
    responses=WRITES,
)
async def amend(
    desk: AtDesk,
    source: Annotated[str, Path(min_length=1, max_length=200)],
    id: Annotated[str, Path(min_length=1, max_length=200)],
    asked: AmendmentAsked,
) -> Response:
    """Known from now on: what was decided before does not see it, what comes later does. Sent again, nothing changes."""
    given = [one.given for one in asked.identifiers]
    found = await at_scoring(
        desk, desk.service.fact_pool, lambda scoring: scoring.amend(source, id, given, desk.left())
    )
    return desk.reply(Facts(facts=[_fact(one) for one in found]))


@router.post(
    "/outcomes",
    operation_id="tell_outcome",
    summary="Tell what became of an application",
    response_model=Fact,
    responses=WRITES,
)
async def tell_outcome(desk: AtDesk, asked: OutcomeAsked) -> Response:
    """The latest known of a target holds. Sent again, nothing changes; of the same id with other content 409."""
    told = Told(**asked.model_dump())
    found = await at_scoring(desk, desk.service.fact_pool, lambda scoring: scoring.outcome(told))
    return desk.reply(_fact(found))


@router.post(
    "/events",
    operation_id="tell_event",
    summary="Tell of another event",
    response_model=Fact,
    responses=WRITES,
)
async def tell_event(desk: AtDesk, asked: EventAsked) -> Response:
    """A sign-up, a login, a change of card: it ties its user to what it names, as an application does."""
    found = await at_scoring(
        desk, desk.service.fact_pool, lambda scoring: scoring.event(asked.sent("Event", kind=asked.kind))
    )
    return desk.reply(_fact(found))


def _fact(arrived: Arrived) -> Fact:
    return Fact(key=arrived.key, known_at=arrived.known_at, unchanged=arrived.unchanged)
