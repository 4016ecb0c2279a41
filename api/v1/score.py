"""Scoring: an application is written, judged, and the decision kept before it is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.desk import AtDesk, Desk, guarded
from api.errors import OverloadedError
from api.pool import Pool
from api.problems import FieldProblem, Problem, problem_of
from api.responses import WRITES
from api.v1.models import Asked, Label, Model, Moment, Text, Time
from scoring import Asked as AskedOfScorer
from scoring import Decision, Given, InvalidError, Sent, of_id
from scoring.service import Scoring
from security import Scope

router = APIRouter(prefix="/v1", route_class=guarded(Scope.SCORE, Scope.SANDBOX), tags=["score"])
decisions = APIRouter(prefix="/v1", route_class=guarded(Scope.READ, Scope.SCORE), tags=["score"])
MOST_AT_ONCE = 1_000

T = TypeVar("T")
Name = Annotated[Text, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
OptionName = Annotated[str, Field(pattern=r"^[a-z_]{1,30}$")]
SourceName = Annotated[Text, Field(min_length=1, max_length=200, description="Who gives the ids.")]
IdText = Annotated[Text, Field(min_length=1, max_length=200)]


class GivenAsked(Asked):
    """An identifier of the application, as somebody wrote it."""

    type: Label
    value: Annotated[Text, Field(min_length=1, max_length=512)]
    role: (
        Annotated[Text, Field(max_length=40, description="Whose it is, for types that have roles.")] | None
    ) = None
    options: dict[OptionName, Annotated[Text, Field(max_length=100)]] = Field(
        default_factory=dict,
        max_length=10,
        description="Options of the normaliser: `country` of phones, say.",
    )

    @property
    def given(self) -> Given:
        """As the rooms below take it."""
        return Given(self.type, self.value, self.role, self.options)


class SentAsked(Asked):
    """What an application and another event have in common."""

    source: SourceName
    id: IdText
    user: IdText | None = Field(default=None, description="Id of the user within the source.")
    event_at: Moment | None = Field(default=None, description="When it happened; data, never a cut.")
    identifiers: list[GivenAsked] = Field(default_factory=list, max_length=MOST_AT_ONCE)
    properties: dict[Annotated[str, Field(max_length=60)], bool | int | float | Text | None] = Field(
        default_factory=dict,
        max_length=100,
        description="By the names of docs/schema.md; money in whole cents.",
    )

    def sent(self, label: str, **more: Any) -> Sent:
        """As the rooms below take it."""
        properties = {**self.properties, **{name: value for name, value in more.items() if value is not None}}
        named = tuple(one.given for one in self.identifiers)
        return Sent(self.source, self.id, self.user, self.event_at, named, properties, label)


class ApplicationAsked(SentAsked):
    """An application."""

    lender: IdText | None = Field(
        default=None, description="Who is asked for the money (default: the source)."
    )
    product: IdText | None = None

    @property
    def application(self) -> Sent:
        """As the rooms below take it."""
        return self.sent("Application", lender=self.lender, product=self.product)


class ScoreAsked(ApplicationAsked):
    """An application, and what is asked about it."""

    targets: list[Name] = Field(
        default_factory=list, max_length=20, description="Models to be asked beside those of the policy."
    )
    explain: bool = Field(default=False, strict=True, description="Reasons of every model, and all features.")
    dry_run: bool = Field(default=False, strict=True, description="Nothing is written and nothing is kept.")

    @property
    def asked(self) -> AskedOfScorer:
        """As the rooms below take it."""
        return AskedOfScorer(self.application, tuple(self.targets), self.explain, self.dry_run)


class RuleTold(Model):
    """The rule that decided."""

    name: str = Field(description="`otherwise` and `fallback` where none did.")
    about: str
    read: dict[str, bool | float | str | None] = Field(description="What it read.")


class ReasonTold(Model):
    """What weighs on a score."""

    code: str = Field(description="Name of the feature; docs/features.md has it.")
    params: dict[str, Any]
    weight: float = Field(description="What it adds to the log odds.")
    evidence_ids: list[str] = Field(
        description="Keys of the applications and events behind it, the newest first."
    )
    adverse: str = Field(description="Code that an applicant is told.")
    staff: dict[str, str] = Field(description="In words, by language; for staff alone.")


class AdverseTold(Model):
    """What may be told to the applicant; it names nobody else."""

    code: str
    en: str
    zh: str


class ListTold(Model):
    """An entry of a list that something of the application is on."""

    list: str
    entry: str
    type: str


class Scored(Model):
    """A decision."""

    decision_id: str
    application: str = Field(description="`source:id`")
    as_of: str = Field(description="The decision saw what was known before this moment, and nothing later.")
    outcome: str = Field(description="approve, review or decline.")
    rule: RuleTold
    held_back: bool = Field(description="Whether the circuit breaker made a review of a decline.")
    policy: str
    models: dict[str, dict[str, Any]] = Field(
        description="By name: version, and probability and score, or lower, median and upper (cents)."
    )
    reasons: list[ReasonTold] = Field(description="Of the deciding model, the heaviest first.")
    applicant: list[AdverseTold]
    lists: list[ListTold]
    degraded: list[str] = Field(
        description="What was missing: `graph`, `behind`, `carried`, `models`, `features`. Empty: the decision is whole."
    )
    dry_run: bool
    features: dict[str, float | str | None] | None = Field(default=None, description="With `explain`.")
    timings_ms: dict[str, float] = Field(
        description="Of the first answer, by step; the whole until it was kept."
    )


class BatchAsked(Asked):
    """Applications, in the order in which they are decided."""

    applications: Annotated[list[ScoreAsked], Field(min_length=1, max_length=MOST_AT_ONCE)]


class BatchItem(Model):
    """A decision, or why there is none."""

    decision: Scored | None = None
    problem: Problem | None = None


class BatchScored(Model):
    """One answer for each application, in their order."""

    answers: list[BatchItem]


class DecisionTold(Model):
    """What was answered, and what it followed from."""

    id: str
    application: str
    known_at: Time
    seq: int
    decided_at: Time
    reply: Scored
    record: dict[str, Any] = Field(
        description="Arrival (hashed), features, lists, policy, shadow policy, breaker: what the reply was made of."
    )


async def at_scoring(desk: Desk, pool: Pool, work: Callable[[Scoring], T]) -> T:
    """What `work` finds, from a thread of `pool`; raises as `Desk.ask`."""
    return await desk.in_time(pool.run(lambda: work(desk.service.scoring)))


@router.post(
    "/score",
    operation_id="score",
    summary="Decide about an application",
    response_model=Scored,
    responses=WRITES,
)
async def score(desk: AtDesk, asked: ScoreAsked) -> Response:
    """Asked again with the same content, the first decision is answered; with other content 409. Time out after some
    seconds and ask again: whatever happened, there is one decision. With `dry_run`, and whatever a key of the scope
    `sandbox` asks, nothing is written and nothing is kept."""
    pool = desk.service.score_pool
    decision = await at_scoring(desk, pool, lambda scoring: scoring.score(_asked(desk, asked)))
    return desk.reply(Scored.model_validate(decision.reply))


@router.post(
    "/score/batch",
    operation_id="score_batch",
    summary="Decide about up to 1,000 applications",
    response_model=BatchScored,
    responses=WRITES,
)
async def score_batch(desk: AtDesk, asked: BatchAsked) -> Response:
    """One after another, each as `score` would; one that fails has its problem and keeps the others from nothing."""
    pool = desk.service.batch_pool
    found = await at_scoring(
        desk, pool, lambda scoring: [_one(desk, scoring, one) for one in asked.applications]
    )
    return desk.reply(BatchScored(answers=found))


def _asked(desk: Desk, asked: ScoreAsked) -> AskedOfScorer:
    """What is asked; of a key that may only try, a trial."""
    found = asked.asked
    return found if desk.principal.allows(Scope.SCORE) else replace(found, dry_run=True)


def _one(desk: Desk, scoring: Scoring, asked: ScoreAsked) -> BatchItem:
    if desk.left() < 0.05:
        late = OverloadedError(
            "api.deadline", "The time of this request is over; send the rest again.", wait_s=1
        )
        return BatchItem(problem=problem_of(desk.request_id, late))
    try:
        return BatchItem(decision=Scored.model_validate(scoring.score(_asked(desk, asked)).reply))
    except Exception as error:  # noqa: BLE001 - whatever it is, those after it are decided
        return BatchItem(
            problem=desk.problem(error, fields_of(error) if isinstance(error, InvalidError) else ())
        )


def in_body(where: str, code: str, message: str) -> FieldProblem:
    """A field of a body that is not as it should be."""
    return FieldProblem(where=f"body.{where}", code=code, message=message)


@decisions.get(
    "/decisions/{id}",
    operation_id="decision",
    summary="A decision as it was answered, and why",
    response_model=DecisionTold,
    responses=WRITES,
)
async def decision_of(desk: AtDesk, id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]) -> Response:
    """Exactly what was answered, with everything that it followed from. Nothing of it changes."""
    sql = desk.service.sql
    found = await desk.in_time(desk.service.auth_pool.run(lambda: of_id(sql, id)))
    return desk.reply(told_of(found))


def told_of(decision: Decision) -> DecisionTold:
    """A decision as it is told."""
    record = {name: value for name, value in decision.record.items() if name != "reply"}
    return DecisionTold(
        id=decision.id,
        application=decision.key,
        known_at=decision.known_at,
        seq=decision.seq,
        decided_at=decision.decided_at,
        reply=Scored.model_validate(decision.reply),
        record=record,
    )


def fields_of(error: InvalidError) -> list[FieldProblem]:
    """The fields of a refused request."""
    return [in_body(one.where, one.code, one.message) for one in error.fields]
