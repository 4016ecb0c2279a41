"""API keys: what is kept of them, whom they let in, and when they no longer do."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from core.clock import DAY, MINUTE, SECOND
from core.errors import (
    FinGraphError,
    ForbiddenError,
    NotFoundError,
    SqlUnavailableError,
    UnauthenticatedError,
    UsageError,
)
from core.settings import Settings
from core.sql import Sql, open_sql
from security import ApiKey, Keyring, Principal, Scope, create_key, list_audit, list_keys, revoke_key
from security import keyring as keyring_module

START = 1_750_000_000 * SECOND
TOKEN = re.compile(r"fgk_[0-9a-f]{16}_[0-9a-f]{64}")


@dataclass
class Hands:
    """A clock that a test moves: `now` in µs, read as seconds by the keyring's timer."""

    now: int = START

    def __call__(self) -> int:
        return self.now

    def seconds(self) -> float:
        return self.now / SECOND


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def ring(sql: Sql, clock: Hands) -> Keyring:
    return Keyring(sql, clock, timer=clock.seconds)


def made(sql: Sql, clock: Hands, *scopes: Scope, days: int | None = 90) -> tuple[ApiKey, str]:
    return create_key(sql, "engine", scopes or (Scope.READ,), days=days, clock=clock)


def refusal(ring: Keyring, token: str | None) -> tuple[object, ...]:
    """All that somebody who is not let in gets to see."""
    with pytest.raises(UnauthenticatedError) as refused:
        ring.authenticate(token, Scope.READ)
    return (type(refused.value), refused.value.status, *refused.value.as_dict().values())


def test_a_key_lets_in_who_has_it(sql: Sql, clock: Hands, ring: Keyring) -> None:
    key, token = made(sql, clock, Scope.READ, Scope.SCORE)
    found = ring.authenticate(token, Scope.SCORE)
    assert found == Principal(key.id, "engine", frozenset({Scope.READ, Scope.SCORE}))
    assert TOKEN.fullmatch(token)
    assert token.startswith(key.prefix)


def test_the_secret_is_nowhere_in_the_database(sql: Sql, clock: Hands) -> None:
    key, token = made(sql, clock)
    secret = token.rsplit("_", 1)[1]
    with sql.read() as connection:
        for table in ("api_keys", "audit", "audit_head"):
            assert secret not in str(connection.execute(text(f"SELECT * FROM {table}")).all())
    assert secret not in repr(key) + str(key.as_dict(START))
    assert key.digest not in repr(key) + str(key.as_dict(START))


def test_tokens_never_repeat(sql: Sql, clock: Hands) -> None:
    assert len({made(sql, clock)[1] for _ in range(20)}) == 20


def test_whoever_is_not_let_in_does_not_learn_why(sql: Sql, clock: Hands, ring: Keyring) -> None:
    _, good = made(sql, clock)
    expired_key, expired = made(sql, clock, days=1)
    revoked_key, revoked = made(sql, clock)
    revoke_key(sql, revoked_key.id, clock=clock)
    clock.now += DAY
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    unknown = f"fgk_{'0' * 16}_{'0' * 64}"
    others = (good.upper(), good + "0", f" {good}", good[4:], "", None, "fgk_", "é", "\ud800", "x" * 100_000)
    seen = {repr(refusal(ring, token)) for token in (wrong, unknown, expired, revoked, *others)}
    assert len(seen) == 1
    assert ring.identify(good)
    assert [expired_key.state(clock.now), revoked_key.state(clock.now)] == ["expired", "valid"]


@given(st.text(max_size=120))
def test_no_text_that_is_no_token_is_looked_up(token: str) -> None:
    closed = Keyring(None)  # type: ignore[arg-type] # a question to SQL would end the test
    with pytest.raises(UnauthenticatedError):
        closed.authenticate(token, Scope.READ)


@pytest.mark.parametrize("held", Scope)
@pytest.mark.parametrize("asked", Scope)
def test_a_scope_allows_itself_and_admin_all(held: Scope, asked: Scope) -> None:
    principal = Principal("id", "name", frozenset({held}))
    assert principal.allows(asked) is (held in (asked, Scope.ADMIN))


def test_too_low_a_scope_is_another_error_and_only_for_a_valid_key(
    sql: Sql, clock: Hands, ring: Keyring
) -> None:
    _, token = made(sql, clock, Scope.READ, days=1)
    with pytest.raises(ForbiddenError) as refused:
        ring.authenticate(token, Scope.ADMIN)
    assert (refused.value.code, refused.value.status) == ("auth.scope", 403)
    clock.now += DAY
    with pytest.raises(UnauthenticatedError) as gone:
        ring.authenticate(token, Scope.ADMIN)
    assert gone.value.status == 401


def test_a_key_expires_to_the_microsecond_though_it_is_held(sql: Sql, clock: Hands, ring: Keyring) -> None:
    _, token = made(sql, clock, days=1)
    clock.now += DAY - 1
    ring.identify(token)
    clock.now += 1
    refusal(ring, token)


def test_a_key_lasts_ninety_days_unless_another_time_is_said(sql: Sql, clock: Hands) -> None:
    assert create_key(sql, "a", ["read"], clock=clock)[0].expires_at == START + 90 * DAY
    assert create_key(sql, "a", ["read"], days=7, clock=clock)[0].expires_at == START + 7 * DAY
    assert create_key(sql, "a", ["read"], days=None, clock=clock)[0].expires_at is None


def test_a_revocation_elsewhere_works_within_five_seconds(
    sql: Sql, sql_settings: Settings, clock: Hands, ring: Keyring
) -> None:
    key, token = made(sql, clock)
    ring.identify(token)
    with open_sql(sql_settings) as elsewhere:
        revoke_key(elsewhere, key.prefix, clock=clock)
    clock.now += 5 * SECOND - 1
    ring.identify(token)
    clock.now += 1
    refusal(ring, token)


def test_a_server_that_revokes_can_forget_at_once(sql: Sql, clock: Hands, ring: Keyring) -> None:
    key, token = made(sql, clock)
    ring.identify(token)
    revoke_key(sql, token, clock=clock)
    ring.forget(key.id)
    refusal(ring, token)


def test_requests_within_the_time_cost_no_question_to_sql(sql: Sql, clock: Hands, ring: Keyring) -> None:
    _, token = made(sql, clock)
    ring.identify(token)
    asked: list[str] = []
    event.listen(sql._engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    for _ in range(50):
        ring.identify(token)
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    refusal(ring, wrong)
    assert asked == []
    clock.now += 5 * SECOND
    ring.identify(token)
    assert len([one for one in asked if one.startswith("SELECT")]) == 1


def test_made_up_keys_do_not_fill_the_memory(
    sql: Sql, clock: Hands, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring_module, "CACHED_MOST", 10)
    for number in range(30):
        refusal(ring, f"fgk_{number:016x}_{'0' * 64}")
    assert len(ring._held) == 10


def last_use(sql: Sql) -> int | None:
    return list_keys(sql).items[0].last_used_at


def test_the_last_use_is_written_once_a_minute(sql: Sql, clock: Hands, ring: Keyring) -> None:
    _, token = made(sql, clock)
    assert last_use(sql) is None
    ring.identify(token)
    assert last_use(sql) == START
    clock.now += MINUTE - 1
    ring.identify(token)
    assert last_use(sql) == START
    clock.now += 1
    ring.identify(token)
    assert last_use(sql) == START + MINUTE


def test_two_servers_write_the_last_use_no_oftener(sql: Sql, clock: Hands) -> None:
    _, token = made(sql, clock)
    Keyring(sql, clock).identify(token)
    clock.now += MINUTE // 2
    Keyring(sql, clock).identify(token)
    assert last_use(sql) == START


def test_a_wrong_secret_is_no_use(sql: Sql, clock: Hands, ring: Keyring) -> None:
    _, token = made(sql, clock)
    refusal(ring, token[:-1] + ("0" if token[-1] != "0" else "1"))
    assert last_use(sql) is None


def test_without_sql_nobody_new_is_let_in(
    sql: Sql, clock: Hands, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = made(sql, clock)
    ring.identify(token)

    def away() -> None:
        raise SqlUnavailableError("sql.unavailable", "away")

    monkeypatch.setattr(sql, "read", away)
    monkeypatch.setattr(sql, "write", away)
    ring.identify(token)  # within the time that it is held
    clock.now += 5 * SECOND
    with pytest.raises(SqlUnavailableError):
        ring.identify(token)


def test_a_use_that_cannot_be_noted_is_allowed(
    sql: Sql, clock: Hands, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = made(sql, clock)

    def locked() -> None:
        raise SqlUnavailableError("sql.locked", "locked")

    monkeypatch.setattr(sql, "write", locked)
    assert ring.identify(token)


def test_many_threads_may_use_one_keyring(sql: Sql, clock: Hands, ring: Keyring) -> None:
    tokens = [made(sql, clock)[1] for _ in range(3)]
    errors: list[FinGraphError] = []

    def use(token: str) -> None:
        for _ in range(30):
            try:
                ring.identify(token)
            except FinGraphError as error:
                errors.append(error)

    threads = [threading.Thread(target=use, args=(token,)) for token in tokens * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def test_revoking_twice_is_as_once_and_is_told_once(sql: Sql, clock: Hands) -> None:
    key, _ = made(sql, clock)
    first = revoke_key(sql, key.id, clock=clock)
    clock.now += DAY
    assert revoke_key(sql, key.id, clock=clock).revoked_at == first.revoked_at == START
    assert [row.action for row in list_audit(sql).items] == ["key.revoke", "key.create"]


@pytest.mark.parametrize("key", ["nobody", "0" * 16, "", "fgk_%", "'; DROP TABLE api_keys"])
def test_an_unknown_key_cannot_be_revoked(sql: Sql, key: str) -> None:
    with pytest.raises(NotFoundError) as refused:
        revoke_key(sql, key)
    assert refused.value.code == "keys.unknown"


@pytest.mark.parametrize(
    ("name", "scopes", "days", "code"),
    [
        ("", ["read"], 1, "keys.name"),
        ("a\nb", ["read"], 1, "keys.name"),
        ("a" * 81, ["read"], 1, "keys.name"),
        ("a", [], 1, "keys.scopes"),
        ("a", ["read", "root"], 1, "keys.scopes"),
        ("a", ["read"], 0, "keys.days"),
        ("a", ["read"], 3_651, "keys.days"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(
    sql: Sql, name: str, scopes: list[str], days: int, code: str
) -> None:
    with pytest.raises(UsageError) as refused:
        create_key(sql, name, scopes, days=days)
    assert refused.value.code == code
    assert list_keys(sql).items == []


def test_pages_of_keys_hold_each_once_though_made_at_one_moment(sql: Sql, clock: Hands) -> None:
    keys = {made(sql, clock)[0].id for _ in range(7)}
    seen: list[str] = []
    after = None
    while True:
        page = list_keys(sql, limit=3, after=after)
        seen += [key.id for key in page.items]
        assert page.cut is (page.next is not None)
        if page.next is None:
            break
        after = page.next
    assert len(seen) == 7
    assert set(seen) == keys
    with pytest.raises(UsageError):
        list_keys(sql, after="nobody")
