"""The audit log: rows that nobody may change, writers one after another, and every way of changing it found."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, text, update

from core.errors import IncompatibleError, UsageError
from core.settings import Settings
from core.sql import Sql, open_sql
from scoring import tables
from security import (
    AuditRow,
    Entry,
    Head,
    Witness,
    append,
    digest_of,
    list_audit,
    read_head,
    record,
    verify_audit,
)
from security.audit import head_of, row_of
from security.tables import AUDIT, AUDIT_HEAD, GUARDS

SPAWN = multiprocessing.get_context("spawn")
ENTRY = Entry("0123456789abcdef", "ring.read", "ring/R-17", {"limit": 20, "as_of": "2025-01-01T00:00:00Z"})


def written(sql: Sql, count: int) -> list[AuditRow]:
    return [record(sql, replace(ENTRY, object=f"ring/R-{n}"), clock=lambda: 1_000) for n in range(count)]


def test_a_row_is_hashed_as_documented(sql: Sql) -> None:
    first, second = written(sql, 2)
    spelt = (
        '{"action":"ring.read","actor":"0123456789abcdef","at":1000,"object":"ring/R-1",'
        '"params":"{\\"as_of\\":\\"2025-01-01T00:00:00Z\\",\\"limit\\":20}",'
        f'"previous":"{first.hash}","seq":2}}'
    )
    assert second.hash == hashlib.sha256(spelt.encode()).hexdigest()
    assert first.previous == "0" * 64
    assert read_head(sql) == Head(2, second.hash)


def test_a_row_stands_or_falls_with_what_it_tells_of(sql: Sql) -> None:
    with pytest.raises(RuntimeError), sql.write() as connection:
        append(connection, 1, ENTRY)
        raise RuntimeError
    assert read_head(sql) == Head(0, "0" * 64)
    assert verify_audit(sql).ok


def test_threads_write_one_after_another(sql: Sql) -> None:
    threads = [threading.Thread(target=written, args=(sql, 10)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = verify_audit(sql)
    assert (report.ok, report.rows) == (True, 60)


def write_from_a_process(settings: Settings) -> int:
    with open_sql(settings) as sql:
        return len(written(sql, 10))


def test_processes_write_one_after_another(sql: Sql, sql_settings: Settings) -> None:
    with ProcessPoolExecutor(3, mp_context=SPAWN) as pool:
        assert list(pool.map(write_from_a_process, [sql_settings] * 3)) == [10] * 3
    report = verify_audit(sql)
    assert (report.ok, report.rows) == (True, 30)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'somebody' WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 1",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_itself_refuses_a_change(sql: Sql, statement: str) -> None:
    written(sql, 2)
    with pytest.raises(UsageError) as refused, sql.write() as connection:
        connection.execute(text(statement))
    assert refused.value.code == "sql.append_only"
    assert verify_audit(sql).ok


def test_the_database_itself_refuses_to_replace_or_empty(sql: Sql) -> None:
    written(sql, 2)
    columns = "seq, at, actor, action, object, params, previous, hash"
    replacing = f"INSERT OR REPLACE INTO audit ({columns}) VALUES (1, 1, 'a', 'a', 'a', 'a', 'a', 'a')"
    statements = {"sqlite": [replacing], "postgresql": ["TRUNCATE audit", "TRUNCATE audit_head"]}
    for statement in statements[sql.dialect]:
        with pytest.raises(UsageError) as refused, sql.write() as connection:
            connection.execute(text(statement))
        assert refused.value.code == "sql.append_only"
    assert verify_audit(sql).ok


Tampering = Callable[[Connection], object]


def tamper(sql: Sql, how: Tampering) -> None:
    """Do what the triggers refuse, and put them back: as somebody who owns the database can."""
    with sql.write() as connection:
        if sql.dialect == "sqlite":
            guards = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            ).all()
            for guard in guards:
                connection.execute(text(f"DROP TRIGGER {guard.name}"))
            how(connection)
            for guard in guards:
                connection.exec_driver_sql(guard.sql)
            return
        for switch in ("DISABLE", "ENABLE"):
            for table in ("audit", "audit_head"):
                connection.execute(text(f"ALTER TABLE {table} {switch} TRIGGER USER"))
            if switch == "DISABLE":
                how(connection)


def faults(sql: Sql, *seen: Head) -> list[tuple[str, int | None]]:
    return [(fault.kind, fault.seq) for fault in verify_audit(sql, seen=seen).faults]


def held(connection: Connection, seq: int) -> AuditRow:
    return row_of(connection.execute(select(AUDIT).where(AUDIT.c.seq == seq)).one())


def put(connection: Connection, row: AuditRow) -> None:
    connection.execute(delete(AUDIT).where(AUDIT.c.seq == row.seq))
    connection.execute(insert(AUDIT).values(vars(row)))


def rehashed(row: AuditRow) -> AuditRow:
    return replace(row, hash=replace(row, hash="").computed())


@pytest.mark.parametrize("column", ["at", "actor", "action", "object", "params"])
def test_a_changed_row_is_found(sql: Sql, column: str) -> None:
    written(sql, 5)
    value = 1 if column == "at" else "other"
    tamper(sql, lambda c: c.execute(update(AUDIT).where(AUDIT.c.seq == 3).values({column: value})))
    assert faults(sql) == [("changed", 3)]


def test_a_changed_row_with_its_hash_made_anew_is_found(sql: Sql) -> None:
    written(sql, 5)
    tamper(sql, lambda c: put(c, rehashed(replace(held(c, 3), actor="other"))))
    assert faults(sql) == [("broken", 4)]


def test_a_removed_row_is_found(sql: Sql) -> None:
    written(sql, 5)
    tamper(sql, lambda c: c.execute(delete(AUDIT).where(AUDIT.c.seq.in_([2, 3]))))
    assert faults(sql) == [("removed", 2)]


def test_a_removed_first_row_is_found(sql: Sql) -> None:
    written(sql, 3)
    tamper(sql, lambda c: c.execute(delete(AUDIT).where(AUDIT.c.seq == 1)))
    assert faults(sql) == [("removed", 1)]


def test_a_removed_row_whose_place_is_closed_is_found(sql: Sql) -> None:
    written(sql, 5)

    def close_up(connection: Connection) -> None:
        connection.execute(delete(AUDIT).where(AUDIT.c.seq == 3))
        for seq in (4, 5):
            connection.execute(update(AUDIT).where(AUDIT.c.seq == seq).values(seq=seq - 1))
        connection.execute(update(AUDIT_HEAD).values(seq=4))

    tamper(sql, close_up)
    assert faults(sql)[:2] == [("broken", 3), ("changed", 3)]


def test_an_inserted_row_is_found(sql: Sql) -> None:
    written(sql, 5)

    def insert_one(connection: Connection) -> None:
        for seq in (5, 4, 3):
            connection.execute(update(AUDIT).where(AUDIT.c.seq == seq).values(seq=seq + 1))
        put(connection, rehashed(AuditRow(3, 1, "a", "a.b", "ring/1", "{}", held(connection, 2).hash, "")))
        connection.execute(update(AUDIT_HEAD).values(seq=6))

    tamper(sql, insert_one)
    assert ("broken", 4) in faults(sql)


def test_a_row_before_the_first_is_found(sql: Sql) -> None:
    written(sql, 2)
    tamper(sql, lambda c: put(c, rehashed(AuditRow(0, 1, "a", "a.b", "ring/1", "{}", "0" * 64, ""))))
    assert ("broken", 0) in faults(sql)


def test_rows_in_another_order_are_found(sql: Sql) -> None:
    written(sql, 5)

    def swap(connection: Connection) -> None:
        two, three = held(connection, 2), held(connection, 3)
        put(connection, replace(three, seq=2))
        put(connection, replace(two, seq=3))

    tamper(sql, swap)
    assert {kind for kind, seq in faults(sql) if seq in (2, 3)} == {"broken", "changed"}


def test_a_row_added_by_hand_at_the_end_is_found(sql: Sql) -> None:
    last = written(sql, 3)[-1]
    with sql.write() as connection:  # an insert needs no trigger bypassed
        put_last = rehashed(AuditRow(4, 1, "a", "a.b", "ring/1", "{}", last.hash, ""))
        connection.execute(insert(AUDIT).values(vars(put_last)))
    assert faults(sql) == [("beyond", 4)]


def test_a_tail_cut_off_is_found_by_the_head(sql: Sql) -> None:
    written(sql, 5)
    tamper(sql, lambda c: c.execute(delete(AUDIT).where(AUDIT.c.seq > 3)))
    assert faults(sql) == [("cut", 4)]


def test_a_lost_head_is_found_and_stops_writing(sql: Sql) -> None:
    written(sql, 2)
    tamper(sql, lambda c: c.execute(delete(AUDIT_HEAD)))
    assert faults(sql) == [("cut", 2)]
    with pytest.raises(IncompatibleError) as refused:
        record(sql, ENTRY)
    assert refused.value.code == "audit.no_head"


def cut_with_its_head(sql: Sql, left: AuditRow) -> None:
    def cut(connection: Connection) -> None:
        connection.execute(delete(AUDIT).where(AUDIT.c.seq > left.seq))
        connection.execute(update(AUDIT_HEAD).values(seq=left.seq, hash=left.hash))

    tamper(sql, cut)


def test_a_tail_cut_off_with_its_head_is_found_only_by_what_was_seen_outside(sql: Sql) -> None:
    rows = written(sql, 5)
    seen = read_head(sql)
    cut_with_its_head(sql, rows[2])
    assert faults(sql) == []
    assert faults(sql, seen) == [("cut", 4)]


def test_a_history_written_anew_is_found_by_what_was_seen_outside(sql: Sql) -> None:
    rows = written(sql, 5)
    seen = read_head(sql)
    cut_with_its_head(sql, rows[2])
    written(sql, 4)
    assert faults(sql) == []
    assert faults(sql, seen) == [("forged", 5)]
    assert faults(sql, Head(3, rows[2].hash)) == []
    assert faults(sql, seen, Head(5, read_head(sql).hash)) == [("forged", 5)]


def test_a_missing_guard_is_found(sql: Sql) -> None:
    table = "" if sql.dialect == "sqlite" else " ON audit"
    with sql.write() as connection:
        connection.execute(text(f"DROP TRIGGER audit_no_update{table}"))
    assert faults(sql) == [("unguarded", None)]


def test_every_guard_is_known_by_name(sql: Sql) -> None:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with sql.read() as connection:
        assert set(connection.execute(text(query[sql.dialect])).scalars()) == (
            GUARDS[sql.dialect] | tables.GUARDS[sql.dialect]
        )


def test_faults_are_cut_and_it_is_said(sql: Sql) -> None:
    written(sql, 120)
    tamper(sql, lambda c: c.execute(update(AUDIT).values(actor="other")))
    report = verify_audit(sql)
    assert (len(report.faults), report.cut, report.head) == (100, True, None)


def test_the_witness_remembers_what_was_verified(sql: Sql, sql_settings: Settings) -> None:
    rows = written(sql, 4)
    witness = Witness(sql_settings, sql)
    assert witness.seen() == ()
    head = verify_audit(sql).head
    assert head is not None
    witness.keep(head)
    assert Witness(sql_settings, sql).seen() == (head,)
    assert witness.path.stat().st_mode & 0o077 == 0
    cut_with_its_head(sql, rows[1])
    assert faults(sql, *witness.seen()) == [("cut", 3)]


def test_pages_show_the_newest_first_and_each_once(sql: Sql) -> None:
    written(sql, 7)
    first = list_audit(sql, limit=4)
    second = list_audit(sql, limit=4, after=first.next)
    assert [row.seq for row in (*first.items, *second.items)] == [7, 6, 5, 4, 3, 2, 1]
    assert (first.cut, second.cut, second.next) == (True, False, None)
    assert list_audit(sql, actor="nobody").items == []
    with pytest.raises(UsageError):
        list_audit(sql, after="x")


@pytest.mark.parametrize(
    "value",
    [
        "13800138000",
        13800138000,
        "张伟",
        "Ann Smith",
        "a@b.example",
        "110101199003070011",
        1.5,
        -1,
        "",
        {"a": 1},
        b"x",
    ],
)
def test_the_log_takes_no_value_of_a_person_and_does_not_quote_it(value: object) -> None:
    for params in ({"phone": value}, {"phones": [value]}):
        with pytest.raises(UsageError) as refused:
            Entry("local", "a.b", "ring/1", params)  # type: ignore[arg-type]
        assert refused.value.code == "audit.params"
        assert "phone" in refused.value.message
        assert not str(value) or str(value) not in refused.value.message


@pytest.mark.parametrize(
    ("actor", "action", "thing"),
    [
        ("a b", "a.b", "ring/1"),
        ("a", "read", "ring/1"),
        ("a", "a.b", "ring/张伟"),
        ("a", "a.b", "ring/1/2/3/4"),
        ("", "a.b", "ring"),
    ],
)
def test_an_entry_without_its_shape_is_refused(actor: str, action: str, thing: str) -> None:
    with pytest.raises(UsageError) as refused:
        Entry(actor, action, thing)
    assert refused.value.code == "audit.entry"


def test_a_digest_is_keyed_and_fits(sql: Sql) -> None:
    digest = digest_of(b"key", "MATCH (p:Phone {key: '13800138000'}) RETURN p")
    assert digest != digest_of(b"other", "MATCH (p:Phone {key: '13800138000'}) RETURN p")
    row = record(sql, Entry("local", "cypher.run", "cypher", {"statement": digest, "rows": 12, "cut": False}))
    assert json.loads(row.params)["statement"] == digest


names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.:/-]{0,20}", fullmatch=True)
values = st.one_of(st.none(), st.booleans(), st.integers(0, 9_999_999), names, st.lists(names, max_size=3))


@given(st.dictionaries(names, values, max_size=5))
def test_params_have_one_spelling(params: dict[str, object]) -> None:
    entry = Entry("local", "a.b", "ring/1", params)  # type: ignore[arg-type]
    backwards = Entry("local", "a.b", "ring/1", dict(reversed(params.items())))  # type: ignore[arg-type]
    assert entry.params_text() == backwards.params_text()
    assert json.loads(entry.params_text()) == params


@pytest.mark.parametrize(
    "head", ["", "1", "1:abc", f"-1:{'0' * 64}", f"x:{'0' * 64}", f"1:{'G' * 64}", f"²:{'0' * 64}"]
)
def test_a_head_that_is_none_is_refused(head: str) -> None:
    with pytest.raises(UsageError):
        head_of(head)
    assert str(head_of(f"12:{'a' * 64}")) == f"12:{'a' * 64}"
