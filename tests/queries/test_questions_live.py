"""Questions on a simulated lender: what they return, page by page, and that the past shows nothing later."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import Any

import cookbook
import pytest
from planning import plan_anew, problems
from question_cases import Case, Lender, forget_after, load_lender
from typer.testing import CliRunner, Result

from cli.main import command_line
from core.errors import FinGraphError
from core.graph import Graph
from core.settings import Settings
from queries import Answer, Kind, Picture, ask, picture, question, question_names, questions, warm
from queries.ask import framed_picture, paged
from queries.console import run_readonly
from queries.specs import SUBJECTS, subject_text
from queries.words import expand

pytestmark = [pytest.mark.server, pytest.mark.slow]

SCANS = {
    "new_rings": "all rings",
    "grown_rings": "all rings and runs",
    "money_by_ring": "all rings",
    "money_by_lender": "all rings",
}
"""Questions that mean to read all nodes of a label."""
TYPES: dict[Kind, tuple[type, ...]] = {
    **dict.fromkeys((Kind.INTEGER, Kind.TIME, Kind.MONEY), (int,)),
    Kind.NUMBER: (float, int),
    Kind.BOOLEAN: (bool,),
    Kind.LIST: (list,),
}


@pytest.fixture(scope="module")
def lender(graph: Graph, server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Lender:
    graph.implicit("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
    made = load_lender(graph, server, tmp_path_factory.mktemp("lender"))
    plan_anew(graph)
    return made


def answer(lender: Lender, name: str, case: Case, as_of: int, **more: Any) -> Answer:
    return ask(lender.graph, lender.schema, name, case.params(question(name)), as_of=as_of, **more)


@pytest.mark.parametrize("name", question_names())
def test_the_server_finds_an_index_and_no_cartesian_product(lender: Lender, name: str) -> None:
    spec = question(name)
    identifier = lender.schema.identifier("Device")
    text = spec.text if spec.steps else paged(spec, continued=True)
    assert problems(lender.graph, expand(text, lender.schema, identifier), whole=name in SCANS) == []
    if spec.picture and not spec.steps:
        text = framed_picture(spec.picture)
        assert problems(lender.graph, expand(text, lender.schema, identifier)) == []


@pytest.mark.parametrize("kind", SUBJECTS)
def test_subjects_are_found_by_their_key(lender: Lender, kind: Kind) -> None:
    text = expand(subject_text(kind), lender.schema, lender.schema.identifier("Device"))
    assert problems(lender.graph, text) == []


@pytest.mark.parametrize("name", question_names())
def test_rows_are_as_declared_and_in_order(lender: Lender, name: str) -> None:
    spec = question(name)
    rows = 0
    for case in lender.cases:
        found = answer(lender, name, case, lender.late, limit=spec.rows)
        assert found.columns == spec.columns
        rows += len(found.rows)
        for row in found.rows:
            for column, value in zip(spec.columns, row, strict=True):
                if value is None:
                    assert column.optional, column.name
                else:
                    assert isinstance(value, TYPES.get(column.kind or Kind.TEXT, (str,))), column.name
                    assert isinstance(value, bool) == (column.kind is Kind.BOOLEAN)
        places = [_place(spec.name, found, row) for row in found.rows]
        assert len({repr(place) for place in places}) == len(places), "the order makes every row unique"
        frame = found.to_pandas()
        assert list(frame.columns) == [column.name for column in spec.columns]
        assert len(frame) == len(found.rows)
    assert rows, "there is something to see"


def _place(name: str, found: Answer, row: tuple[Any, ...]) -> list[Any]:
    named = dict(zip((column.name for column in found.columns), row, strict=True))
    return [named[one.column.name] for one in question(name).order]


@pytest.mark.parametrize("name", [spec.name for spec in questions() if spec.steps is None])
def test_pages_together_are_the_whole(lender: Lender, name: str) -> None:
    case = lender.cases[0]
    whole = answer(lender, name, case, lender.late, limit=question(name).rows)
    size = max(1, len(whole.rows) // 4 + 1)
    rows: list[Any] = []
    token: str | None = None
    for _ in range(6):
        page = answer(lender, name, case, lender.late, limit=size, after=token)
        assert (page.next is not None) == ("rows" in page.cut_by)
        rows += page.rows
        token = page.next
        if token is None:
            break
    assert rows == whole.rows


def test_a_page_is_continued_as_of_its_own_moment_and_by_its_own_question(lender: Lender) -> None:
    case = lender.cases[0]
    params = case.params(question("shares"))
    first = ask(lender.graph, lender.schema, "shares", params, limit=1, clock=lambda: lender.late)
    second = ask(lender.graph, lender.schema, "shares", params, limit=1, after=first.next)
    assert second.as_of == first.as_of == lender.late
    assert second.rows != first.rows
    for wrong in ("", "x", "e30", "WzFd", "é", first.next[:-4] if first.next else "", "W1tbW1tb" * 200):
        with pytest.raises(FinGraphError) as caught:
            ask(lender.graph, lender.schema, "shares", params, after=wrong)
        assert caught.value.code == "page.after"
    with pytest.raises(FinGraphError) as caught:
        ask(lender.graph, lender.schema, "timeline", case.params(question("timeline")), after=first.next)
    assert caught.value.code == "page.after"
    with pytest.raises(FinGraphError) as caught:
        ask(
            lender.graph,
            lender.schema,
            "shares",
            lender.cases[1].params(question("shares")),
            after=first.next,
        )
    assert caught.value.code == "page.after"


@pytest.mark.parametrize("name", [spec.name for spec in questions() if spec.picture])
def test_a_picture_is_whole_or_cut(lender: Lender, name: str) -> None:
    params = lender.cases[0].params(question(name))
    drawn = picture(lender.graph, lender.schema, name, params, as_of=lender.late, limit=2_000)
    ids = {node.id for node in drawn.nodes}
    assert drawn.edges
    assert {end for edge in drawn.edges for end in (edge.start, edge.end)} == ids
    few = picture(lender.graph, lender.schema, name, params, as_of=lender.late, limit=2)
    assert few.cut
    assert question(name).steps or few.edges == drawn.edges[:2]


@pytest.mark.parametrize("text", cookbook.blocks("cypher"))
def test_the_cypher_of_the_cookbook_is_taken_and_answered(lender: Lender, text: str) -> None:
    found = run_readonly(lender.graph, text, cookbook.parameters(text, lender.cases[0].given))
    assert found.columns
    assert not set(found.cut_by)


def commanded(*given: str) -> Result:
    """What `fingraph` says to these arguments."""
    return CliRunner().invoke(command_line(given[0]), given)


@pytest.mark.parametrize("command", cookbook.commands())
def test_the_commands_of_the_cookbook_run(
    lender: Lender, server: Settings, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("cli.query", "cli.rings"):
        monkeypatch.setattr(f"{module}.load_settings", lambda: server)
    given = cookbook.arguments(command, lender.cases[0].given)
    told = commanded(*given)
    assert told.exit_code == 0, told.output + repr(told.exception)
    assert told.stdout.strip()


def test_an_answer_is_told_as_a_table_as_csv_and_as_json(
    lender: Lender, server: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.query.load_settings", lambda: server)
    case = lender.cases[0].given["application"]
    base = [
        "query",
        "run",
        "shares",
        "--param",
        f"application={case}",
        "--as-of",
        "2025-02-10",
        "--limit",
        "2",
    ]
    told = commanded(*base, "--json")
    whole = json.loads(told.stdout)
    assert (whole["question"], len(whole["items"]), whole["cut"]) == ("shares", 2, True)
    assert whole["as_of"] == lender.late
    rows = list(csv.DictReader(io.StringIO(commanded(*base, "--csv").stdout)))
    assert [row["id"] for row in rows] == [item["id"] for item in whole["items"]]
    drawn = json.loads(commanded(*base, "--picture").stdout)
    assert drawn["nodes"]
    following = json.loads(commanded(*base, "--after", whole["next"], "--json").stdout)
    assert following["items"] != whole["items"]


def test_warming_plans_every_question_and_asks_nothing(lender: Lender) -> None:
    planned = warm(lender.graph, lender.schema)
    assert planned > len(question_names())
    began = time.monotonic()
    assert warm(lender.graph, lender.schema) == planned
    assert time.monotonic() - began < 20, "what is planned is not planned again"


def test_every_question_is_listed() -> None:
    told = json.loads(commanded("query", "list", "--json").stdout)
    assert [one["name"] for one in told["questions"]] == list(question_names())
    assert question_names()[0] in commanded("query", "list").stdout


@pytest.mark.parametrize("given", ["application", "=x", "application=a"])
def test_a_parameter_that_cannot_be_read_is_refused(given: str) -> None:
    told = commanded("query", "run", "shares", "--param", given, "--param", "application=b")
    assert isinstance(told.exception, FinGraphError)
    assert told.exception.code == "query.param"


Asked = dict[tuple[str, int, int], tuple[list[Any], tuple[str, ...], Picture | None] | str]


def _everything(lender: Lender, moments: list[int]) -> Asked:
    found: Asked = {}
    for moment in moments:
        for number, case in enumerate(lender.cases):
            for spec in questions():
                found[spec.name, number, moment] = _one(lender, spec.name, case, moment)
    return found


def _one(lender: Lender, name: str, case: Case, moment: int) -> tuple[Any, ...] | str:
    params = case.params(question(name))
    try:
        told = ask(lender.graph, lender.schema, name, params, as_of=moment, limit=question(name).rows)
        drawn = None
        if question(name).picture:
            seen = picture(lender.graph, lender.schema, name, params, as_of=moment, limit=2_000)
            drawn = (seen.nodes, sorted(seen.edges, key=repr))
    except FinGraphError as error:
        return error.code
    return told.rows, told.cut_by, drawn


def test_the_past_shows_nothing_later(lender: Lender) -> None:
    """Last in this file: it deletes what came later and asks again."""
    moments = [lender.late, lender.early, lender.early - 3 * 86_400_000_000]
    before = _everything(lender, moments)
    assert any(before[key] != before[(*key[:2], lender.late)] for key in before if key[2] == lender.early)
    for moment in moments:
        forget_after(lender.graph, moment)
        for number, case in enumerate(lender.cases):
            for spec in questions():
                was = before[spec.name, number, moment]
                assert _one(lender, spec.name, case, moment) == was, (spec.name, number, moment)
