"""No fact of a file is known after the moment of its load, and the file says the same tomorrow."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import DAY, HOUR, iso
from tests.loaders.staging import GOOD, HEAD, NOW, OUTCOMES, TABLE, put, staged

AHEAD = "2025-01-01 09:00"
"""Nine hours after `NOW`: within the slack of an event_at."""
ALONG = """
[[table.outcomes]]
target = "fraud"
column = "note"
known_at = { after = "7d" }
"""
SIGNUP = """
[[table.events]]
kind = "signup"
event_at = { column = "signed_up" }
"""
DUE = 'known_at = { column = "due", after = "30d" }\n'


def rows(*ats: str, note: str = "0") -> str:
    made = (GOOD.replace("a1", f"a{n}").replace("2024-03-01 10:00", at) for n, at in enumerate(ats, 1))
    return HEAD + "".join(row.replace("fine", note) for row in made)


def plain(more: str = "", known_at: str = "") -> str:
    """The usual table without the note as a property, and with more."""
    table = TABLE.replace('note = { column = "note" }\n', more)
    return table.replace('event_at = { column = "at" }', f'event_at = {{ column = "at" }}\n{known_at}')


def test_what_happens_within_a_day_ahead_was_learned_now(tmp_path: Path) -> None:
    put(tmp_path, rows("2024-12-31 23:59", "2025-01-01 00:00", AHEAD))
    found = staged(tmp_path)
    assert found.rows["event_at"].to_list() == [NOW - DAY // 1440, NOW, NOW + 9 * HOUR]
    assert found.rows["known_at"].to_list() == [NOW - DAY // 1440, NOW, NOW]


def test_the_same_file_says_the_same_when_its_future_has_come(tmp_path: Path) -> None:
    put(tmp_path, rows(AHEAD))
    first, again = (staged(tmp_path, now=now).rows for now in (NOW, NOW + 2 * DAY))
    assert first["known_at"].to_list() == [NOW]
    assert again["known_at"].to_list() == [NOW + 9 * HOUR]
    assert first["_digest"].to_list() == again["_digest"].to_list()


@pytest.mark.parametrize(
    ("known_at", "at", "fine"),
    [
        ('known_at = { column = "note" }', AHEAD, False),
        ('known_at = { column = "note" }', "2025-01-01 00:00", True),
        ('known_at = { column = "note", after = "30d" }', "2024-12-02 00:00", True),
        ('known_at = { column = "note", after = "30d" }', "2024-12-02 00:01", False),
    ],
)
def test_what_is_declared_to_be_learned_after_now_is_refused(
    tmp_path: Path, known_at: str, at: str, fine: bool
) -> None:
    put(tmp_path, rows(at, note=at))
    found = staged(tmp_path, plain(known_at=known_at))
    assert found.lines == ([] if fine else [(2, "time.future")])
    assert found.counts.created == fine


def test_a_delay_does_not_bring_an_event_further_ahead_than_a_day(tmp_path: Path) -> None:
    put(tmp_path, rows("2024-12-31 10:00", "2024-12-25 10:00"))
    late = TABLE.replace('event_at = { column = "at" }', 'event_at = { column = "at", after = "7d" }')
    found = staged(tmp_path, late)
    assert found.lines == [(2, "time.future")]
    assert found.rows["known_at"].to_list() == [NOW]


def test_an_outcome_that_is_not_known_yet_is_not_loaded(tmp_path: Path) -> None:
    put(tmp_path, HEAD + GOOD)
    lines = ["a1,yes,2025-01-01 00:00", f"a1,yes,{AHEAD}"]
    put(tmp_path, "application,value,known\n" + "\n".join(lines), "outcomes.csv")
    found = staged(tmp_path, TABLE, OUTCOMES)
    assert found.lines == [(3, "time.future")]
    assert found.frames["outcomes"]["known_at"].to_list() == [NOW]


def test_what_is_usually_learned_later_and_stands_there_already_was_learned_now(tmp_path: Path) -> None:
    put(tmp_path, rows("2024-12-31 10:00", "2024-12-20 10:00"))
    found = staged(tmp_path, plain() + ALONG)
    assert found.lines == []
    assert found.rows["outcome.fraud.known_at"].to_list() == [NOW, NOW - 5 * DAY + 10 * HOUR]
    again = staged(tmp_path, plain() + ALONG, now=NOW + 30 * DAY).rows
    assert again["outcome.fraud.known_at"].to_list() == [NOW + 6 * DAY + 10 * HOUR, NOW - 5 * DAY + 10 * HOUR]
    assert again["_digest"].equals(found.rows["_digest"])
    late = staged(tmp_path, plain(known_at='known_at = { after = "7d" }\n')).rows
    assert late["known_at"].to_list() == [NOW, NOW - 5 * DAY + 10 * HOUR]


def test_a_row_whose_outcome_is_not_known_yet_is_refused_with_it(tmp_path: Path) -> None:
    put(tmp_path, HEAD.strip() + ",due\n" + rows(AHEAD, note="1").splitlines()[1] + ",2025-02-01\n")
    found = staged(tmp_path, plain() + ALONG.replace('known_at = { after = "7d" }\n', DUE))
    assert [(one["line"], one["reason"], one["column"]) for one in found.refused] == [
        (2, "time.future", "due")
    ]


@pytest.mark.parametrize("known_at", ['known_at = { after = "7d" }\n', DUE])
def test_an_outcome_that_is_not_there_is_not_known_too_late(tmp_path: Path, known_at: str) -> None:
    put(tmp_path, HEAD.strip() + ",due\n" + rows(AHEAD, note="").splitlines()[1] + ",2025-02-01\n")
    along = ALONG.replace('known_at = { after = "7d" }\n', known_at + 'event_at = { column = "due" }\n')
    found = staged(tmp_path, plain() + along)
    assert found.lines == []
    assert found.rows["outcome.fraud.key"].to_list() == [None]


def test_an_event_along_a_row_was_learned_now_or_is_refused_with_it(tmp_path: Path) -> None:
    put(tmp_path, HEAD.strip() + ",signed_up\n" + GOOD.strip() + f",{AHEAD}\n")
    found = staged(tmp_path, TABLE + SIGNUP)
    assert found.rows["event.signup.event_at"].to_list() == [NOW + 9 * HOUR]
    assert found.rows["event.signup.known_at"].to_list() == [NOW]
    assert staged(tmp_path, TABLE + SIGNUP, now=NOW + DAY).rows["_digest"].equals(found.rows["_digest"])
    late = TABLE + SIGNUP + 'known_at = { column = "signed_up", after = "1h" }\n'
    put(tmp_path, HEAD.strip() + ",signed_up\n" + GOOD.strip() + ",2024-12-31 23:30\n")
    assert staged(tmp_path, late).lines == [(2, "time.future")]


def test_the_month_that_runs_was_learned_now(tmp_path: Path) -> None:
    put(tmp_path, "a,b,month\n13800000001,13800000002,2024-12\n13800000001,13800000002,2025-01\n")
    table = (
        '[[table]]\nname = "rows"\nfile = "rows.csv"\nbecomes = "contact"\nmonth = "month"\n'
        'from = { type = "Phone", column = "a" }\nto = { type = "Phone", column = "b" }\n'
    )
    early = staged(tmp_path, table, now=NOW + DAY).rows
    assert [iso(at) for at in early["known_at"]] == ["2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"]
    assert early["_digest"].equals(staged(tmp_path, table, now=NOW + 60 * DAY).rows["_digest"])
