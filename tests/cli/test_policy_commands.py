"""Commands over policies: checked against a home, tried on the past, given a role, taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.columns import columns_of_world
from cli import models, policies, snapshot
from core.clock import moment_us
from core.errors import FinGraphError, GraphUnavailableError, IncompatibleError, NotFoundError, UsageError
from core.settings import load_settings
from core.sql import open_sql
from graph_schema import FINGRAPH
from graph_schema.live import extensions
from policy import lists
from policy.lists import Wanted
from scoring import known
from simulator import order, simulate
from snapshot.manifest import Manifest
from tests.policy.small_snapshot import Fact, write_snapshot
from tests.scoring.models import POLICY, keep_models


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("policies")
    keep_models(made)
    return made


@pytest.fixture
def said(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    settings = replace(load_settings({}), home=home, sql_url=f"sqlite:///{tmp_path}/policies.db")
    for module in (models, policies, snapshot):
        monkeypatch.setattr(module, "load_settings", lambda: settings)
    return lambda: json.loads(capsys.readouterr().out.splitlines()[-1])


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


RULES = POLICY[: POLICY.index("[[rule]]")] + POLICY[POLICY.index('[[rule]]\nname = "sure"') :]


def test_a_policy_is_checked_promoted_listed_and_taken_back(said: Any, tmp_path: Path) -> None:
    file = written(tmp_path, RULES)
    policies.check(file, as_json=True)
    assert said()["policy"] == "house@1"
    policies.promote(file, as_json=True)
    assert said()["is"] == "champion"
    with pytest.raises(IncompatibleError, match="another version"):
        policies.promote(written(tmp_path, RULES + "\n# otherwise"), as_json=True)
    policies.promote(
        written(tmp_path, RULES.replace("version = 1", "version = 2")), to="shadow", as_json=True
    )
    said()
    policies.list_(as_json=True)
    assert [(one["version"], one["role"]) for one in said()["items"]] == [(2, "shadow"), (1, "champion")]
    policies.take_back(as_json=True)
    with pytest.raises(NotFoundError):
        policies.take_back(as_json=True)
    with pytest.raises(UsageError, match="champion or shadow"):
        policies.promote(file, to="king", as_json=True)


def test_who_promotes_a_model_is_told_what_no_policy_can_mean_any_more(
    said: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    models.promote("ability", 1, as_json=True)
    assert capsys.readouterr().err == ""
    policies.promote(written(tmp_path, RULES), as_json=True)
    models.promote("ability", 1, as_json=True)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(known, "_speaks_alone", lambda *_: False)
    models.promote("ability", 1, as_json=True)
    assert "Policy house@1 (champion) no longer says what it means" in capsys.readouterr().err
    models.promote("ability", 1, to="shadow", as_json=True)  # which decides nothing
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(policies, "_serving", away)
    models.promote("ability", 1, as_json=True)
    told = capsys.readouterr()
    assert json.loads(told.out)["is"] == "champion" and "cannot be told: [away]" in told.err


def away() -> None:
    raise GraphUnavailableError("graph.unavailable", "[away]")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (("device_other_users_all", "no_such_feature"), "policy.unknown"),
        (('"overdue", ', '"nobody", '), "policy.unknown"),
        (('attributes = "ability"', 'attributes = "fraud"'), "policy.attributes"),
        (("fraud.probability >= 0.6", "fraud.probability >= 1.6"), "policy.never_fires"),
        (('then = "decline"\n\n[[rule]]', 'then = "decline"\ncode = "Z99"\n\n[[rule]]'), "policy.unknown"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_it_decides(
    said: Any, tmp_path: Path, changed: tuple[str, str], code: str
) -> None:
    with pytest.raises(FinGraphError) as refused:
        policies.promote(written(tmp_path, RULES.replace(*changed, 1)), as_json=True)
    assert refused.value.code == code


def test_the_example_names_what_there_is(said: Any, tmp_path: Path) -> None:
    example = Path("examples/policy.toml").read_text("utf-8").replace('"disbursement", ', "")
    policies.check(written(tmp_path, example), as_json=True)


def test_a_policy_is_tried_on_the_past(said: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(order(1_500, "2025-01-01", 120, 5), tmp_path / "world")
    world = columns_of_world(tmp_path / "world")
    end = moment_us("2026-01-01")
    manifest = Manifest(FINGRAPH.version, extensions(FINGRAPH), None, 1, end, end, {}, (), (), (), 0, {}, ())
    monkeypatch.setattr(snapshot, "columns_from", lambda *_, **__: (world, manifest))
    first, last = moment_us("2025-02-01"), moment_us("2025-05-01")
    policies.simulate(written(tmp_path, RULES), first, last, as_json=True)
    told = said()
    applications = int(((world.known_at >= first) & (world.known_at < last) & ~world.event).sum())
    assert told["applications"] == applications > 500
    assert sum(one["applications"] for one in told["rules"]) == applications
    assert sum(told["shares"].values()) == pytest.approx(1)
    by_rule = {one["rule"]: one for one in told["rules"]}
    assert by_rule["otherwise"]["known"]["fraud"] > 0
    assert by_rule["unable"]["applications"] == 0
    assert "unable" in told["never"]
    with pytest.raises(NotFoundError):
        policies.simulate(
            written(tmp_path, RULES), moment_us("2030-01-01"), moment_us("2030-02-01"), as_json=True
        )


def put(name: str, label: str, key: str, day: str, until: str | None = None) -> str:
    """An entry of the home's database, known from a day on. → its id."""
    ends = None if until is None else moment_us(until)
    with open_sql(policies.load_settings()) as sql:
        wanted = Wanted(name, label, key, "reason", "ops", ends)
        return lists.add(sql, wanted, clock=lambda: moment_us(day)).id


def test_on_the_past_a_rule_of_a_list_holds_where_it_would_have_held(said: Any, tmp_path: Path) -> None:
    farm, own = ("Device", "z" * 32, None), ("Device", "a" * 32, None)
    came = {
        "a1": ("2025-03-01", "u1", farm),
        "a2": ("2025-03-05", "u2", own),
        "a3": ("2025-03-09", "u3", farm),
    }
    amended = {"a2": ((moment_us("2025-03-06"), farm),)}
    facts = [
        Fact(f"s:{name}", moment_us(day), f"s:{user}", (device,), amended.get(name, ()), seq=1)
        for name, (day, user, device) in came.items()
    ]
    write_snapshot(tmp_path / "snapshot", facts)
    file = written(tmp_path, POLICY)

    def held() -> tuple[int, int]:
        """Of how many `trusted` and `watched` decide."""
        first, last = moment_us("2025-02-01"), moment_us("2025-05-01")
        policies.simulate(file, first, last, folder=tmp_path / "snapshot", as_json=True)
        told = said()
        by_rule = {one["rule"]: one["applications"] for one in told["rules"]}
        assert sum(by_rule.values()) == told["applications"] == 3
        return by_rule["trusted"], by_rule["watched"]

    put("trusted", "Device", "f" * 32, "2025-01-01")
    put("watched", "Device", farm[1], "2025-01-01", until="2025-02-28")
    put("watched", "User", "s:u2", "2025-03-05")
    assert held() == (0, 0), "nobody's; expired; known at its own moment"
    entry = put("watched", "Device", farm[1], "2025-03-02")
    assert held() == (0, 1), "a3; a1 came before it was known, and a2 was amended with the device"
    with open_sql(policies.load_settings()) as sql:
        lists.remove(sql, entry, clock=lambda: moment_us("2025-03-03"))
    assert held() == (0, 0), "it was removed before a3 came"
    put("watched", "Device", farm[1], "2025-03-08")
    assert held() == (0, 1), "a3 again"
    put("trusted", "User", "s:u3", "2025-03-08")
    assert held() == (1, 0), "a3 by its user, whom another list names"
    put("watched", "Device", own[1], "2025-03-04")
    assert held() == (1, 1), "a2 as well"
    put("watched", "User", "s:u1", "2025-02-01")
    assert held() == (1, 2), "a1 by its user"
