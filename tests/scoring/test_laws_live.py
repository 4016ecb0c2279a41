"""What must hold of every decision: one an id, nothing written where something is wrong, no other person in an applicant's
words, the same again from its point, and honest degradation."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from threading import Event
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.errors import (
    FinGraphError,
    GraphUnavailableError,
    IncompatibleError,
    NotFoundError,
    SqlUnavailableError,
)
from core.graph import Graph, Transaction
from core.sql import Sql
from features import prepare
from loaders.arrive import Arrival
from scoring import Asked, Decision, Given, InvalidError, Sent, list_decisions
from scoring.facts import Told
from scoring.record import count_waiting, of_key, set_aside
from scoring.reply import values_again
from snapshot.export import export
from snapshot.read import read_columns
from tests.scoring.conftest import Home, graph_away, sent


def counted(home: Home) -> tuple[int, int]:
    """Nodes of the graph, and decisions."""
    nodes = home.graph.read("MATCH (n) WHERE NOT n:Decision RETURN count(n) AS n")[0]["n"]
    return nodes, len(list_decisions(home.sql, limit=1_000).items)


def test_two_at_once_with_one_id_are_one_decision(home: Home) -> None:
    asked = [Asked(sent(100 + i // 4)) for i in range(32)]
    Random(1).shuffle(asked)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(home.scoring.score, asked))
    by_key = {key: [one for one in found if one.key == key] for key in {one.key for one in found}}
    assert len(by_key) == 8
    for same in by_key.values():
        assert len(same) == 4
        assert len({one.id for one in same}) == 1
        assert all(one.record == same[0].record for one in same)
    twice = home.graph.read(
        "MATCH (a:Application)-[r]->(n) WHERE a.key STARTS WITH 'web:A10' WITH a, n, type(r) AS type, r.role AS role, "
        "count(*) AS times WHERE times > 1 AND type <> 'HAD_DECISION' RETURN count(*) AS n"
    )
    assert twice == [{"n": 0}]


def test_two_at_once_of_one_id_with_other_content_are_one_decision_and_conflicts(home: Home) -> None:
    asked = [Asked(sent(150, device=f"device-of-{i}")) for i in range(6)]

    def told(one: Asked) -> str:
        try:
            return home.scoring.score(one).id
        except IncompatibleError as error:
            return error.code

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(told, asked))
    assert sorted(one in {"score.conflict", "arrive.conflict"} for one in found) == [False] + [True] * 5
    assert (
        len(home.graph.read("MATCH (a:Application {key: 'web:A150'})-[:USED_DEVICE]->(d) RETURN d.key AS k"))
        == 1
    )


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (replace(sent(200), id="x\x00"), "id"),
        (replace(sent(200), source="a:b"), "source"),
        (replace(sent(200), user=" "), "user"),
        (replace(sent(200), event_at=4_000_000_000_000_000), "event_at"),
        (replace(sent(200), properties={"nobody_declared": 1}), "properties.nobody_declared"),
        (replace(sent(200), properties={"amount_cents": "much"}), "properties.amount_cents"),
        (replace(sent(200), properties={"amount_cents": 1.5}), "properties.amount_cents"),
        (replace(sent(200), properties={"amount_cents": True}), "properties.amount_cents"),
        (replace(sent(200), properties={"carried": 1}), "properties.carried"),
        (replace(sent(200), properties={"hub_since": 1}), "properties.hub_since"),
        (replace(sent(200), identifiers=(Given("Phone", "12"),)), "identifiers.0.value"),
        (
            replace(sent(200), identifiers=(Given("Device", "d-1234567"), Given("Nothing", "1"))),
            "identifiers.1.type",
        ),
        (replace(sent(200), identifiers=(Given("Device", "d-1234567", "self"),)), "identifiers.0.role"),
        (replace(sent(200), identifiers=(Given("Device", "d-1234567", None, {"x": "y"}),)), "identifiers.0"),
        (replace(sent(200), identifiers=(Given("Device", "d-1234567"),) * 1_001), "identifiers"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(home: Home, wrong: Sent, where: str) -> None:
    before = counted(home)
    with pytest.raises(InvalidError) as refused:
        home.scoring.score(Asked(wrong))
    assert where in [field.where for field in refused.value.fields]
    said = " ".join([refused.value.message, *(field.message for field in refused.value.fields)])
    assert not any(value in said for value in ("much", "d-1234567", "4000000000000000", "\x00"))
    assert counted(home) == before


def test_a_thousand_identifiers_and_a_hub_are_scored(home: Home) -> None:
    many = tuple(Given("Device", f"one-of-many-{i:05d}") for i in range(1_000))
    assert home.scoring.score(Asked(replace(sent(210), identifiers=many))).reply["degraded"] == []
    _, key = home.scoring.named(Given("Device", "the-hub-of-all"))
    home.graph.write(
        "CREATE (d:Device {key: $key, masked: 'th***ll', hub_since: 1700000001000000, hub_seq: 0}) WITH d "
        "UNWIND range(1, 3000) AS i CREATE (a:Application {key: 'old:' + i, source: 'old', id: toString(i), lender: 'lotus', "
        "known_at: 1700000000000000 + i * 1000000, seq: i, event_at: 1700000000000000 + i * 1000000}) "
        "CREATE (a)-[:USED_DEVICE {known_at: a.known_at, seq: a.seq}]->(d)",
        key=key,
    )
    asked = Asked(sent(211, device="the-hub-of-all"), explain=True)
    hub = home.scoring.score(asked).reply
    assert hub["features"]["device_hub"] == 1.0
    assert hub["features"]["device_other_users_all"] in {0.0, None}


def test_unknown_targets_are_refused_and_nothing_is_kept(home: Home) -> None:
    with pytest.raises(NotFoundError) as refused:
        home.scoring.score(Asked(sent(220), targets=("nobody",)))
    assert refused.value.code == "models.unknown"
    assert of_key(home.sql, "web:A220") is None
    assert not home.graph.read("MATCH (a:Application {key: 'web:A220'}) RETURN a.key AS key")
    assert (
        home.scoring.score(Asked(sent(220), targets=("ability",))).reply["models"]["ability"]["version"] == 1
    )


def test_words_for_applicants_name_nobody_else(home: Home) -> None:
    for number in range(230, 238):
        home.scoring.score(Asked(sent(number, device="farm-of-all", phone="13900230000")))
    last = home.scoring.score(Asked(sent(238, device="farm-of-all", phone="13900230000"), explain=True))
    assert last.outcome in {"review", "decline"}
    names = {f"A{number}" for number in range(230, 238)} | {f"U{number}" for number in range(230, 238)}
    for told in last.reply["applicant"]:
        assert set(told) == {"code", "en", "zh"}
        assert not any(name in text for text in told.values() for name in names)
        assert not any(digit.isdigit() for digit in told["en"] + told["zh"])


def test_every_decision_is_made_again_from_its_point(home: Home) -> None:
    for number in range(240, 250):  # what comes later must not change what came before
        home.scoring.score(Asked(sent(number, device=f"again-{number % 3}"), explain=number % 2 == 0))
    home.scoring.outcome(Told("web", "A240", "fraud", 1.0))
    found = list_decisions(home.sql, limit=1_000).items
    assert len(found) > 25
    differing = {one.key: replayed.differs for one in found if (replayed := home.scoring.replay(one)).differs}
    assert differing == {}


def test_a_changed_record_replays_otherwise(home: Home) -> None:
    (one,) = [one for one in list_decisions(home.sql, limit=1_000).items if one.key == "web:A241"]
    record = {**one.record, "features": {**one.record["features"], "attribute_amount": 1.0}}
    assert "feature.attribute_amount" in home.scoring.replay(replace(one, record=record)).differs


def test_a_record_of_other_sentences_is_the_same_decision(home: Home) -> None:
    (one,) = [one for one in list_decisions(home.sql, limit=1_000).items if one.key == "web:A240"]
    assert one.reply["reasons"]
    assert not home.scoring.replay(one).reworded
    first, *rest = one.reply["reasons"]
    for changed, reworded, differs in (
        ({"staff": {"en": "as it was said then", "zh": "当时的说法"}}, True, ()),
        ({"weight": first["weight"] + 1e-6}, False, ("reasons",)),
    ):
        reply = {**one.reply, "reasons": [{**first, **changed}, *rest]}
        found = home.scoring.replay(replace(one, record={**one.record, "reply": reply}))
        assert (found.reworded, found.differs) == (reworded, differs)


def test_the_api_the_batch_and_the_training_table_agree_to_the_bit(home: Home) -> None:
    numbers, parts = list(range(300, 348)), home.scoring.parts

    def scored(number: int) -> Decision:
        asked = Asked(sent(number, device=f"bit-{number % 7}"))
        return home.scoring.score(asked)

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(scored, numbers))
    assert all(one.reply["degraded"] == [] for one in found)
    folder = home.settings.home / "snapshot-of-scoring"
    export(home.graph, parts.schema, folder)
    columns = read_columns(folder, keys=True, carried=parts.catalogue.version)
    place = {key: p for p, key in enumerate(columns.keys) if not columns.event[p]}
    at = np.array(sorted(place[one.key] for one in found))
    frames = [block.frame() for block in prepare(columns, parts.catalogue).blocks(at)]
    table = pl.concat(frames).with_columns(application=pl.Series([columns.keys[p] for p in at]))
    rows = {row["application"]: row for row in table.iter_rows(named=True)}
    model = home.scoring.pool.champion("fraud")
    batch = dict(zip([columns.keys[p] for p in at], model.said(table.drop("application")), strict=True))
    for one in found:
        values = values_again(one.record)
        row = rows[one.key]
        assert {name: row[name] for name in values} == values
        told = {name: value for name, value in one.reply["models"]["fraud"].items() if name in batch[one.key]}
        assert told == batch[one.key]


def test_a_graph_that_is_away_is_said_and_told_later(home: Home) -> None:
    home.drain()

    with graph_away():
        decisions = [home.scoring.score(Asked(sent(number))) for number in (400, 401)]
        again = home.scoring.score(Asked(sent(400)))
        with pytest.raises(GraphUnavailableError):
            home.drain_once()
        assert count_waiting(home.sql) == 2
    assert again.record == decisions[0].record
    for one in decisions:
        assert one.reply["degraded"] == ["graph"]
        assert set(one.reply["models"]) == {"ability"}
        assert one.reply["rule"]["name"] in {"unable", "fallback"}
        assert not any(name.startswith("device_") for name in one.record["features"])
        assert "device_other_users_all" in one.record["missing"]
        assert home.scoring.replay(one).differs == ()
    assert home.graph.read("MATCH (a:Application {key: 'web:A400'}) RETURN a") == []
    assert home.drain() == 2
    kept = home.graph.read(
        "MATCH (a:Application)-[:HAD_DECISION]->(d) WHERE a.key IN ['web:A400', 'web:A401'] "
        "RETURN a.key AS key, a.known_at > $at AS later, d.key AS decision ORDER BY key",
        at=decisions[1].known_at,
    )
    assert kept == [{"key": one.key, "later": True, "decision": one.id} for one in decisions]


def test_a_graph_beyond_its_time_is_left_out(home: Home) -> None:
    scorer = home.scoring.scorer
    _, key = home.scoring.named(Given("Device", "held-by-another"))
    held, done = Event(), Event()

    def hold(tx: Transaction) -> None:
        tx.run("MERGE (d:Device {key: $key}) SET d._lock = true REMOVE d._lock", key=key)
        held.set()
        done.wait(30)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(home.graph.in_write, hold)
        assert held.wait(30)
        decision = scorer.score(home.graph, Asked(sent(410, device="held-by-another")), seconds=0.5)
        done.set()
        holding.result()
    assert decision.reply["degraded"] == ["graph"]
    assert decision.record["graph_error"] in {"graph.timeout", "graph.statement"}


def test_models_that_cannot_be_had_are_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise IncompatibleError("models.changed", f"{name} is not what was written")

    monkeypatch.setattr(home.scoring.pool, "champion", gone)
    decision = home.scoring.score(Asked(sent(420)))
    assert decision.reply["degraded"] == ["models"]
    assert decision.reply["models"] == {}
    assert (decision.outcome, decision.rule) == ("review", "fallback")


def test_what_neighbours_carry_and_is_missing_is_said(home: Home) -> None:
    home.scoring.score(Asked(sent(430, device="carried-no-more")))
    home.graph.write("MATCH (a:Application {key: 'web:A430'}) REMOVE a.carried, a.carried_version")
    decision = home.scoring.score(Asked(sent(431, device="carried-no-more")))
    assert decision.reply["degraded"] == ["carried"]


def test_without_sql_nothing_is_answered(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise SqlUnavailableError("sql.unavailable", "away")

    monkeypatch.setattr(Sql, "write", away)
    with pytest.raises(SqlUnavailableError):
        home.scoring.score(Asked(sent(440)))
    monkeypatch.undo()
    told = home.scoring.score(Asked(sent(440)))  # sent again, the first attempt is finished
    assert told.reply["degraded"] == []
    found = home.graph.read("MATCH (a:Application {key: 'web:A440'}) RETURN a.known_at AS at")
    assert found == [{"at": told.known_at}]


def test_what_a_request_asks_beside_the_policy_decides_nothing(home: Home) -> None:
    plain = home.scoring.score(Asked(sent(470), dry_run=True))
    more = home.scoring.score(Asked(sent(470), targets=("ability",), dry_run=True))
    assert "ability" in more.reply["models"]
    assert (more.outcome, more.rule, more.reply["rule"]) == (plain.outcome, plain.rule, plain.reply["rule"])


def test_a_dry_run_of_what_was_decided_does_not_meet_itself(home: Home) -> None:
    told = home.scoring.score(Asked(sent(480, device="meets-nobody"), explain=True))
    dry = home.scoring.score(Asked(sent(480, device="meets-nobody"), explain=True, dry_run=True))
    assert dry.reply["features"] == told.reply["features"]
    assert home.scoring.score(Asked(sent(481, device="meets-nobody"), explain=True)).reply["features"][
        "device_other_users_all"
    ] == 1  # fmt: skip


def test_one_decision_that_the_graph_refuses_keeps_no_other_waiting(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drain()

    with graph_away():
        refused, other = (home.scoring.score(Asked(sent(number))) for number in (490, 491))
        with pytest.raises(GraphUnavailableError) as behind:
            home.scoring.outcome(Told("web", "A490", "fraud", 1.0))
        assert behind.value.code == "graph.unavailable"
    with pytest.raises(GraphUnavailableError) as behind:
        home.scoring.outcome(Told("web", "A490", "fraud", 1.0))
    assert behind.value.code == "graph.behind"
    arrivals = home.scoring.parts.arrivals
    arrive = arrivals.arrive

    def once(arrival: Arrival, **more: Any) -> Any:
        if arrival.key == refused.key:
            raise FinGraphError("graph.statement", "Neo4j refused it")
        return arrive(arrival, **more)

    with monkeypatch.context() as patch:
        patch.setattr(arrivals, "arrive", once)
        assert home.drain_once() == 1
        assert home.drain_once() == 0
    assert count_waiting(home.sql) == 1
    kept = home.graph.read(
        "MATCH (a:Application {key: $key})-[:HAD_DECISION]->(d) RETURN d.key AS d", key=other.key
    )
    assert kept == [{"d": other.id}]
    set_aside(home.sql, refused.id, 0)
    assert home.drain_once() == 1
    assert not home.scoring.outcome(Told("web", "A490", "fraud", 1.0)).unchanged


def test_a_graph_that_freezes_is_left_out_in_time(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    over = Event()

    def frozen(*_: object, **__: object) -> None:
        over.wait(20)

    with monkeypatch.context() as patch:
        patch.setattr(Graph, "in_write", frozen)
        began = time.monotonic()
        decision = home.scoring.scorer.score(home.graph, Asked(sent(495)), seconds=1.0)
        assert time.monotonic() - began < 5
        over.set()
    assert decision.reply["degraded"] == ["graph"]
    assert decision.record["graph_error"] == "graph.timeout"


def test_facts_arrive_once_and_need_their_application(home: Home) -> None:
    home.scoring.score(Asked(sent(460)))
    told = Told("web", "A460", "overdue", 1.0)
    first, again = home.scoring.outcome(told), home.scoring.outcome(told)
    assert (first.unchanged, again.unchanged, again.known_at) == (False, True, first.known_at)
    with pytest.raises(IncompatibleError):
        home.scoring.outcome(replace(told, value=0.0))
    corrected = home.scoring.outcome(replace(told, value=0.0, id="A460#overdue-2"))
    assert not corrected.unchanged
    with pytest.raises(NotFoundError):
        home.scoring.outcome(replace(told, application="nobody"))
    with pytest.raises(FinGraphError, match="no target"):
        home.scoring.outcome(replace(told, target="nonsense"))
    given = [Given("Device", "added-later-1"), Given("Phone", "13900460001", "contact")]
    added = home.scoring.amend("web", "A460", given)
    assert [one.unchanged for one in added] == [False, False]
    assert [one.unchanged for one in home.scoring.amend("web", "A460", given)] == [True, True]
    event = Sent(
        "web", "E1", "U460", identifiers=(Given("Device", "added-later-1"),), properties={"kind": "login"}
    )
    assert not home.scoring.event(event).unchanged
    assert home.scoring.event(event).unchanged
