"""Watch and allow lists: identifiers that policies read, known from the moment they were put there."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from api.desk import AtDesk, guarded
from api.responses import PROBLEMS
from api.v1.models import AfterQuery, Asked, Key, Label, LimitQuery, Model, Moment, Page, Text, Time
from api.v1.score import GivenAsked, SourceName
from core.errors import UsageError
from policy import lists
from policy.lists import Listed, Wanted
from scoring.request import require_words
from security import Scope

router = APIRouter(prefix="/v1/lists", route_class=guarded(Scope.WRITE), tags=["lists"])
ListName = Annotated[Text, Path(pattern=r"^[a-z][a-z0-9_]{0,59}$", description="Name of the list.")]
EntryId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class EntryAsked(Asked):
    """What is put on a list: an identifier as somebody wrote it, or the key of one or of a user."""

    identifier: GivenAsked | None = None
    source: SourceName | None = Field(
        default=None,
        description="With `identifier`: who gave it, of types whose values count within a source.",
    )
    type: Label | None = Field(default=None, description="With `key`: its type, or User.")
    key: Key | None = None
    reason: Annotated[Text, Field(min_length=1, max_length=300)]
    owner: Annotated[Text, Field(min_length=1, max_length=80)]
    expires_at: Moment | None = Field(default=None, description="Null: it stands until it is removed.")


class EntryTold(Model):
    """An entry of a list."""

    id: str
    list: str
    label: str
    key: str
    reason: str
    owner: str
    known_at: Time
    expires_at: Time | None
    removed_at: Time | None


class Entries(Page):
    """A page of entries, the newest first."""

    items: list[EntryTold]


@router.post(
    "/{name}/entries", operation_id="list_add", summary="Put something on a list", response_model=EntryTold, responses=PROBLEMS
)  # fmt: skip
async def add(desk: AtDesk, name: ListName, asked: EntryAsked) -> Response:
    """Decisions after this moment see it. The audit log tells who did."""
    service, by = desk.service, desk.principal.key_id
    if (asked.identifier is None) == (asked.key is None) or (asked.key is None) != (asked.type is None):
        raise UsageError("lists.what", "Name an `identifier`, or a `type` and its `key`, not both.")
    require_words(reason=asked.reason, owner=asked.owner)

    def work() -> Listed:
        if asked.identifier is not None:
            label, key = service.scoring.named(asked.identifier.given, asked.source)
        else:
            label, key = service.scoring.keyed(asked.type or "", asked.key or "")
        wanted = Wanted(name, label, key, asked.reason, asked.owner, asked.expires_at)
        return lists.add(service.sql, wanted, by=by, clock=service.clock)

    return desk.reply(_told(await desk.in_time(service.auth_pool.run(work))))


@router.get(
    "/{name}/entries", operation_id="list_entries", summary="What stands on a list", response_model=Entries, responses=PROBLEMS
)  # fmt: skip
async def entries(desk: AtDesk, name: ListName, limit: LimitQuery = 50, after: AfterQuery = None) -> Response:
    """The newest first; what expired or was removed is left out."""
    sql = desk.service.sql
    page = await desk.in_time(
        desk.service.auth_pool.run(lambda: lists.entries(sql, name, limit=limit, after=after))
    )
    return desk.reply(Entries(items=[_told(one) for one in page.items], next=page.next, cut=page.cut))


@router.delete(
    "/entries/{id}", operation_id="list_remove", summary="Take an entry off its list", response_model=EntryTold, responses=PROBLEMS
)  # fmt: skip
async def remove(desk: AtDesk, id: EntryId) -> Response:
    """Decisions after this moment do not see it; those before did, and their records say so."""
    service, by = desk.service, desk.principal.key_id
    work = service.auth_pool.run(lambda: lists.remove(service.sql, id, by=by, clock=service.clock))
    return desk.reply(_told(await desk.in_time(work)))


def _told(found: Any) -> EntryTold:
    return EntryTold.model_validate(found)
