"""Policies that were kept, and which of them decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from core.clock import Clock, iso, now_us
from core.errors import IncompatibleError, NotFoundError
from core.sql import Sql
from policy.model import Policy, read_policy
from policy.tables import POLICIES, POLICY_ROLES
from security.audit import append
from security.entry import Entry

CHAMPION, SHADOW = ROLES = ("champion", "shadow")
"""What decides, and what is asked beside it and decides nothing."""


@dataclass(frozen=True)
class Kept:
    """A version of a policy, and its role."""

    name: str
    version: int
    digest: str
    role: str | None
    kept_at: str | None


def promote(
    sql: Sql, policy: Policy, role: str = CHAMPION, *, by: str = "local", clock: Clock = now_us
) -> None:
    """Keep the policy, and give it a role; both stand in the audit log, or neither.

    Raises `IncompatibleError` (`policy.other`) when the version was kept with other content.
    """
    at = clock()
    with sql.write() as connection:
        kept = connection.execute(
            select(POLICIES.c.digest).where(
                POLICIES.c.name == policy.name, POLICIES.c.version == policy.version
            )
        ).scalar_one_or_none()
        if kept not in (None, policy.digest):
            raise IncompatibleError(
                "policy.other", f"{policy.label} was kept with other content; give this one another version."
            )
        if kept is None:
            connection.execute(
                insert(POLICIES).values(
                    digest=policy.digest,
                    name=policy.name,
                    version=policy.version,
                    text=policy.text,
                    kept_at=at,
                )
            )
        _give(connection, role, policy.digest, at, by)
        params = {"digest": f"sha256:{policy.digest}", "role": role}
        append(connection, at, Entry(by, "policy.promote", f"policy/{policy.label}", params))


def take_back(sql: Sql, role: str = SHADOW, *, by: str = "local", clock: Clock = now_us) -> None:
    """Let nobody have the role. Raises `NotFoundError` (`policy.none`) when nobody has it."""
    at = clock()
    with sql.write() as connection:
        if _holder(connection, role) is None:
            raise no_policy(role)
        _give(connection, role, None, at, by)
        append(connection, at, Entry(by, "policy.take_back", f"policy/{role}"))


def policy_of(sql: Sql, role: str = CHAMPION) -> Policy | None:
    """The policy that has the role now."""
    with sql.read() as connection:
        digest = _holder(connection, role)
        return None if digest is None else _read(connection, digest)


def policy_kept(sql: Sql, digest: str) -> Policy:
    """The policy of a digest; raises `NotFoundError` (`policy.missing`)."""
    with sql.read() as connection:
        return _read(connection, digest)


def list_policies(sql: Sql) -> Sequence[Kept]:
    """All versions, the newest first."""
    with sql.read() as connection:
        roles = {_holder(connection, role): role for role in reversed(ROLES)}
        rows = connection.execute(select(POLICIES).order_by(POLICIES.c.kept_at.desc())).all()
    return [Kept(r.name, r.version, r.digest, roles.get(r.digest), iso(r.kept_at)) for r in rows]


def no_policy(role: str) -> NotFoundError:
    """Nobody has the role."""
    return NotFoundError(
        "policy.none",
        f"No policy is {role}.",
        hints=("Let one decide: fingraph policy promote FILE",),
    )


def _give(connection: Connection, role: str, digest: str | None, at: int, by: str) -> None:
    last = connection.execute(select(func.max(POLICY_ROLES.c.seq))).scalar() or 0
    connection.execute(insert(POLICY_ROLES).values(seq=last + 1, role=role, digest=digest, at=at, by=by))


def _holder(connection: Connection, role: str) -> str | None:
    newest = POLICY_ROLES.c.seq.desc()
    found: str | None = connection.execute(
        select(POLICY_ROLES.c.digest).where(POLICY_ROLES.c.role == role).order_by(newest).limit(1)
    ).scalar_one_or_none()
    return found


def _read(connection: Connection, digest: str) -> Policy:
    text = connection.execute(select(POLICIES.c.text).where(POLICIES.c.digest == digest)).scalar_one_or_none()
    if text is None:
        raise NotFoundError("policy.missing", "No policy of this digest was kept.")
    return read_policy(text)
