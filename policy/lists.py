"""Watch and allow lists: identifiers that somebody put there, for a reason, until a day, known from a moment on."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, insert, or_, select, tuple_, update

from core.clock import Clock, iso, now_us
from core.errors import NotFoundError, UsageError
from core.page import Page, page_of, require_limit
from core.sql import Sql
from policy.tables import LIST_ENTRIES
from security.audit import append, hold_head
from security.entry import Entry as AuditEntry

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
MOST_ASKED = 2_000
"""Identifiers that one look names, at most: a statement's variables are bounded."""


@dataclass(frozen=True)
class Wanted:
    """What is put on a list."""

    list: str
    label: str
    """Type of the identifier, or `User`."""
    key: str
    """Keyed hash, as the graph has it; of a user `source:id`."""
    reason: str
    owner: str
    expires_at: int | None = None
    """µs; None: it stands until it is removed."""


@dataclass(frozen=True)
class Listed:
    """What stands on a list."""

    id: str
    list: str
    label: str
    key: str
    reason: str
    owner: str
    known_at: int
    expires_at: int | None
    removed_at: int | None

    def as_dict(self) -> dict[str, Any]:
        """As one JSON object, with ISO times."""
        moments = {name: iso(getattr(self, name)) for name in ("known_at", "expires_at", "removed_at")}
        return {**vars(self), **moments}


def add(sql: Sql, wanted: Wanted, *, by: str = "local", clock: Clock = now_us) -> Listed:
    """Put an identifier on a list, from now on; the audit log tells of it, too. What stands there in the same words already is
    returned: sent twice it is one entry.

    Raises `UsageError` (`lists.name`, `lists.text`, `lists.expires`).
    """
    if not NAME.fullmatch(wanted.list):
        raise UsageError("lists.name", "A list is named by small letters, digits and _.")
    if not 0 < len(wanted.reason) <= 300 or not 0 < len(wanted.owner) <= 80:
        raise UsageError("lists.text", "An entry has a reason (300 characters at most) and an owner (80).")
    with sql.write() as connection:
        # BEGIN keeps nobody waiting on PostgreSQL: two who send the same would look at once, and both find nothing.
        hold_head(connection)
        at = clock()  # after the wait, or the entry would be known long before anybody could see it
        if wanted.expires_at is not None and wanted.expires_at <= at:
            raise UsageError("lists.expires", "The entry would have expired already; name a later moment.")
        made = Listed(secrets.token_hex(16), **vars(wanted), known_at=at, removed_at=None)
        same = [LIST_ENTRIES.c[name].is_not_distinct_from(value) for name, value in vars(wanted).items()]
        standing = connection.execute(select(LIST_ENTRIES).where(*same, _standing(at + 1))).first()
        if standing is not None:
            return Listed(**standing._mapping)
        connection.execute(insert(LIST_ENTRIES).values(vars(made)))
        append(connection, at, AuditEntry(by, "list.add", f"list/{made.list}/{made.id}"))
    return made


def remove(sql: Sql, id_: str, *, by: str = "local", clock: Clock = now_us) -> Listed:
    """Take an entry off its list, from now on. Raises `NotFoundError` (`lists.entry`)."""
    columns = LIST_ENTRIES.c
    with sql.write() as connection:
        hold_head(connection)
        at = clock()  # after the wait, as where it is put there
        row = connection.execute(
            select(LIST_ENTRIES).where(columns.id == id_, columns.removed_at.is_(None)).with_for_update()
        ).one_or_none()
        if row is None:
            raise NotFoundError("lists.entry", "No entry of this id stands on a list.")
        connection.execute(update(LIST_ENTRIES).where(columns.id == id_).values(removed_at=at))
        append(connection, at, AuditEntry(by, "list.remove", f"list/{row.list}/{id_}"))
    return Listed(**{**row._mapping, "removed_at": at})


def entries(
    sql: Sql, name: str, *, limit: int = 50, after: str | None = None, all_: bool = False
) -> Page[Listed]:
    """What stands on a list, the newest first; `all_`: what did, too. Raises `UsageError` (`page.limit`, `page.after`)."""
    require_limit(limit)
    columns = LIST_ENTRIES.c
    chosen = select(LIST_ENTRIES).where(columns.list == name)
    if not all_:
        chosen = chosen.where(_standing(now_us()))
    if after is not None:
        moment, _, id_ = after.partition(":")
        if not moment.isdecimal() or len(moment) > 18:
            raise UsageError("page.after", "Continue with the `next` of the page before.")
        place = tuple_(columns.known_at, columns.id)
        chosen = chosen.where(place < tuple_(int(moment), id_))
    chosen = chosen.order_by(columns.known_at.desc(), columns.id.desc()).limit(limit + 1)
    with sql.read() as connection:
        found = [Listed(**row._mapping) for row in connection.execute(chosen)]
    return page_of(found, limit, [f"{one.known_at}:{one.id}" for one in found])


def names(sql: Sql) -> list[str]:
    """Every list that has, or had, an entry."""
    with sql.read() as connection:
        return list(connection.execute(select(LIST_ENTRIES.c.list).distinct().order_by("list")).scalars())


def entries_of(sql: Sql, lists: Iterable[str]) -> dict[str, list[Listed]]:
    """By list all that ever stood on it, what expired or was removed too, the oldest first; in one statement, which takes as many
    lists as a policy can name."""
    found: dict[str, list[Listed]] = {name: [] for name in lists}
    if found:
        with sql.read() as connection:
            for row in connection.execute(_ON_THEM, {"lists": sorted(found)}):
                found[row.list].append(Listed(**row._mapping))
    return found


def standing(sql: Sql, named: Iterable[tuple[str, str]], at: int) -> Sequence[Listed]:
    """What of some identifiers (label, key) stood on any list at a moment (µs): known before it, not expired, not removed."""
    asked = set(sorted(set(named))[:MOST_ASKED])
    if not asked:
        return []
    with sql.read() as connection:
        labels, keys = ({one[i] for one in asked} for i in (0, 1))
        rows = connection.execute(_OF_THEM, {"labels": sorted(labels), "keys": sorted(keys), "at": at})
        found = [Listed(**row._mapping) for row in rows]
    return [one for one in found if (one.label, one.key) in asked]


def _standing(at: int | BindParameter[int]) -> ColumnElement[bool]:
    columns = LIST_ENTRIES.c
    return and_(
        columns.known_at < at,
        or_(columns.expires_at.is_(None), columns.expires_at > at),
        or_(columns.removed_at.is_(None), columns.removed_at > at),
    )


_OF_THEM = (
    select(LIST_ENTRIES)
    .where(
        LIST_ENTRIES.c.label.in_(bindparam("labels", expanding=True)),
        LIST_ENTRIES.c.key.in_(bindparam("keys", expanding=True)),
        _standing(bindparam("at")),
    )
    .order_by(LIST_ENTRIES.c.known_at, LIST_ENTRIES.c.id)
)
_ON_THEM = (
    select(LIST_ENTRIES)
    .where(LIST_ENTRIES.c.list.in_(bindparam("lists", expanding=True)))
    .order_by(LIST_ENTRIES.c.known_at, LIST_ENTRIES.c.id)
)
