"""Read-only Cypher: what is refused, each with its reason, and what an investigator may ask. Shown on a real server."""

from __future__ import annotations

import time

import pytest

from core.errors import FinGraphError
from core.graph import Graph
from queries.console import OPERATORS, check_text, run_readonly
from queries.lexer import functions, procedures, tokens

REFUSED = {
    # writes, whatever hides them
    "CREATE (n)": "CREATE is not taken",
    "/* look */ cReAtE (n)": "CREATE is not taken",
    "RETURN 1 // a comment\nCREATE (n)": "CREATE is not taken",
    "MATCH (n) SET n.x = 1": "SET is not taken",
    "MATCH (n) SET n:$('X')": "SET is not taken",
    "MATCH (n) REMOVE n.x": "REMOVE is not taken",
    "MATCH (n) DETACH DELETE n": "DETACH is not taken",
    "MERGE (n:X)": "MERGE is not taken",
    "INSERT (n:X)": "INSERT is not taken",
    "FOREACH (x IN [1] | CREATE (n))": "FOREACH is not taken",
    "MATCH (n) CALL (n) { SET n.x = 1 } IN TRANSACTIONS": "SET is not taken",
    "MATCH (n) CALL (n) { RETURN 1 AS x } IN TRANSACTIONS OF 1 ROW RETURN x": "IN TRANSACTIONS",
    "MATCH (n) CALL (n) { RETURN 1 AS x } IN 4 CONCURRENT TRANSACTIONS RETURN x": "TRANSACTIONS",
    "RETURN EXISTS { MATCH (n) CREATE (m) }": "CREATE is not taken",
    "\\u0043REATE (n)": "unicode escape",
    "RETURN '\\u0027' CREATE (n) //'": "unicode escape",
    "RETURN 1 //\u2028CREATE (n)": "line end",
    "RETURN 1 //\x0cCREATE (n)": "control character",
    "LOAD\u180eCSV FROM 'file:///etc/passwd' AS l RETURN l": "no letter",
    # the disk and the net
    "LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l": "LOAD is not taken",
    "load/**/csv from 'http://127.0.0.1/' AS l RETURN l": "LOAD is not taken",
    "USING PERIODIC COMMIT LOAD CSV FROM 'file:///x' AS l RETURN l": "PERIODIC is not taken",
    "RETURN COLLECT { LOAD CSV FROM 'file:///x' AS l RETURN l } AS x": "LOAD is not taken",
    "RETURN CASE WHEN true THEN COLLECT { LOAD CSV FROM 'file:///x' AS l RETURN l } END AS x": "LOAD is not taken",
    "RETURN file()": "function",
    "RETURN linenumber()": "function",
    "CALL apoc.load.json('http://x')": "procedure",
    # procedures and functions that reach beyond the graph
    "CALL dbms.listConfig()": "procedure",
    "CALL `dbms`.`listConfig`()": "procedure",
    "CALL `dbms.listConfig`()": "procedure",
    "call /* x */ DBMS . listConfig ( )": "procedure",
    "CALL dbms.listConfig": "procedure",
    "CALL dbms.listConfig() YIELD name WHERE name = 'x' RETURN name": "procedure",
    "RETURN CASE WHEN true THEN COLLECT { CALL dbms.listConfig() YIELD name RETURN name } END AS x": "procedure",
    "CALL () { CALL dbms.components() YIELD name RETURN name } RETURN name": "procedure",
    "CALL gds.graph.project('g', 'User', '*')": "procedure",
    "CALL gds.graph.drop('g')": "procedure",
    "MATCH (a)-[r]->(b) RETURN gds.graph.project('g', a, b)": "function",
    "RETURN gds.version()": "function",
    "RETURN `gds`.`version`()": "function",
    "RETURN gds/**/.version ()": "function",
    "MATCH (n) WHERE apoc.util.sleep(1) RETURN n": "function",
    "CALL db.createLabel('x')": "procedure",
    "CALL db.clearQueryCaches()": "procedure",
    "CALL db.ping()": "procedure",
    "CALL tx.setMetaData({user: 'x'})": "procedure",
    "CALL dbms.killQuery('x')": "procedure",
    "CALL dbms.queryJmx('*:*')": "procedure",
    # commands
    "SHOW USERS": "SHOW is not taken",
    "show transactions yield * return *": "SHOW is not taken",
    "SHOW SETTINGS": "SHOW is not taken",
    "SHOW PROCEDURES": "SHOW is not taken",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'": "TERMINATE is not taken",
    "CREATE INDEX FOR (n:X) ON (n.y)": "CREATE is not taken",
    "DROP CONSTRAINT user_key": "DROP is not taken",
    "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'b'": "ALTER is not taken",
    "STOP DATABASE neo4j": "STOP is not taken",
    "GRANT ROLE admin TO x": "GRANT is not taken",
    # prefixes, other databases, several statements
    "EXPLAIN MATCH (n) RETURN n": "EXPLAIN is not taken",
    "PROFILE MATCH (n) RETURN n": "PROFILE is not taken",
    "CYPHER runtime=slotted MATCH (n) RETURN n": "CYPHER is not taken",
    "/**/CYPHER 5 RETURN 1": "CYPHER is not taken",
    "USE system SHOW USERS": "USE is not taken",
    "CALL { USE system MATCH (n) RETURN n } RETURN n": "USE is not taken",
    "RETURN 1; MATCH (n) DETACH DELETE n": "several statements",
    "RETURN ';' AS a; RETURN 2": "several statements",
    # what would keep the planner busy for minutes
    "": "empty",
    "RETURN '" + "x" * 30_000 + "'": "longer than",
    "MATCH (n) " * 100 + "RETURN 1": "clauses",
    "RETURN " + "(" * 200 + "1" + ")" * 200: "nested deeper",
    "RETURN " + "EXISTS { MATCH (a) WHERE " * 25 + "true" + " }" * 25: "nested deeper",
    "RETURN 1" + " + 1" * 950: "operators",
    "WITH {a: 1} AS m RETURN m" + ".a" * 900: "operators",
    "RETURN " + "NOT " * 1_500 + "true": "clauses",
    "MATCH " + ", ".join(f"(a)--(b{i})" for i in range(90)) + " RETURN 1": "relationships",
    "RETURN [" + ",".join("1" for _ in range(1_200)) + "]": "words and marks",
    "RETURN 'open": "not closed",
    "RETURN `open": "not closed",
}
TAKEN = (
    "MATCH (a:Application {key: $key})-[:USED_DEVICE]->(d)<-[:USED_DEVICE]-(b) RETURN b.key, count(*) ORDER BY 2 DESC",
    "MATCH (u:User)-[:SUBMITTED]->(a) WITH u, count(a) AS n WHERE n > 1 RETURN u.key AS user, n LIMIT 10",
    "MATCH (i:Device) WHERE COUNT { (i)<-[:USED_DEVICE]-() } > 1 RETURN i.masked",
    "MATCH p = shortestPath((u:User {key: 'a'})-[*..6]-(v:User {key: 'b'})) RETURN p",
    "MATCH p = SHORTEST 2 (u:User {key: 'a'})-[:SUBMITTED|USED_DEVICE]-{1,4}(v:User {key: 'b'}) RETURN length(p)",
    "MATCH (n:$($label)) RETURN count(n)",
    "UNWIND range(1, 3) AS i RETURN collect(i) AS list, date('2025-01-01') AS day, duration.between(date(), date()) AS d",
    "MATCH (a:Application) RETURN date(datetime({epochMillis: a.known_at / 1000})) AS day, sum(a.amount_cents) AS cents",
    "CALL db.labels() YIELD label RETURN label ORDER BY label",
    "CALL `db`.`labels`()",
    "MATCH (a:Application) RETURN a.set AS set, a.use AS use, a.create AS show // no clause begins here",
    "WITH 1 AS load, 2 AS show RETURN load + show AS sum",
    "MATCH (n) WHERE n.name STARTS WITH 'CREATE (n)' OR n.name = \"LOAD CSV\" RETURN n",
    "MATCH (n:`LOAD CSV`) RETURN n.`dbms.listConfig` AS `CALL x.y()`",
    "MATCH (a)-[r:MEMBER_OF]->(g:Ring) RETURN g.key, COLLECT { MATCH (g)<--(x) RETURN x.key ORDER BY x.key LIMIT 3 } AS some",
    "MATCH (u:User) OPTIONAL MATCH (u)-[:DID]->(e) RETURN u.key, e.kind UNION MATCH (u:User) RETURN u.key, null AS `e.kind`",
    "RETURN point.distance(point({x: 1, y: 2}), point({x: 2, y: 3})) AS d;",
)


@pytest.mark.parametrize(("text", "reason"), REFUSED.items(), ids=lambda value: value[:50])
def test_a_statement_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(FinGraphError) as caught:
        check_text(text)
    assert (caught.value.code, caught.value.status) == ("console.refused", 422)
    assert reason in caught.value.message


@pytest.mark.parametrize("text", TAKEN)
def test_ordinary_questions_are_taken(text: str) -> None:
    check_text(text)


def test_words_are_seen_through_comments_and_quotes() -> None:
    found = tokens(
        "CALL/* ' */`db` . labels () YIELD label // CALL x.y()\nRETURN 'CALL a.b()', toUpper(label)"
    )
    assert list(procedures(found)) == [("db", "labels")]
    assert ("toUpper",) in list(functions(found))
    assert not [name for name in functions(found) if "a" in name]


def test_no_operator_that_writes_or_commands_is_on_the_list() -> None:
    verbs = (
        "Create",
        "Delete",
        "Set",
        "Remove",
        "Merge",
        "Foreach",
        "Load",
        "Show",
        "Terminate",
        "Drop",
        "Admin",
    )
    assert not [name for name in OPERATORS if name.startswith(verbs) or "Transaction" in name]


@pytest.fixture
def small(empty_graph: Graph) -> Graph:
    empty_graph.write(
        "CREATE (u:User {key: 'a'})-[:SUBMITTED]->(x:Application {key: 'x', known_at: 1735689600000000, amount_cents: 5})"
        "-[:USED_DEVICE]->(d:Device {key: 'd', masked: 'd**'})<-[:USED_DEVICE]-(:Application {key: 'y', known_at: 1735689600000001})"
        "<-[:SUBMITTED]-(:User {key: 'b'})"
    )
    return empty_graph


@pytest.mark.server
@pytest.mark.parametrize("text", TAKEN)
def test_ordinary_questions_are_answered(small: Graph, text: str) -> None:
    found = run_readonly(small, text, {"key": "x", "label": "User"})
    assert found.columns
    assert not found.cut


@pytest.mark.server
@pytest.mark.parametrize(
    "text",
    [
        *(
            "SHOW USERS",
            "TERMINATE TRANSACTIONS 'x'",
            "CALL dbms.listConfig()",
            "CREATE (n)",
            "SHOW SETTINGS",
        ),
        *("LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l", "CALL gds.graph.project('g', 'User', '*')"),
        *("CALL db.createLabel('x')", "MATCH (n) CALL (n) { SET n.x = 1 } IN TRANSACTIONS"),
    ],
)
def test_the_plan_alone_refuses_as_well(small: Graph, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("queries.console.check_text", lambda _: None)
    with pytest.raises(FinGraphError) as caught:
        run_readonly(small, text)
    assert caught.value.code in ("console.refused", "graph.cypher")


@pytest.mark.server
def test_a_write_that_nobody_saw_is_refused_by_the_transaction(
    small: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    for check in ("check_text", "check_plan"):
        monkeypatch.setattr(f"queries.console.{check}", lambda _: None)
    with pytest.raises(FinGraphError) as caught:
        run_readonly(small, "CREATE (n:X)")
    assert caught.value.code == "graph.cypher"
    assert small.read("MATCH (n:X) RETURN count(n) AS n") == [{"n": 0}]


@pytest.mark.server
def test_rows_and_bytes_are_bounded_while_they_come(small: Graph) -> None:
    began = time.monotonic()
    many = "UNWIND range(1, 1000000000) AS i RETURN i, 'xxxxxxxxxx' AS x"
    assert (len((found := run_readonly(small, many, rows=10)).rows), found.cut_by) == (10, ("rows",))
    found = run_readonly(small, many, rows=10_000, bytes=2_000)
    assert found.cut_by == ("bytes",)
    assert 50 < len(found.rows) < 150
    assert time.monotonic() - began < 30, "the rest was never fetched"
    assert run_readonly(small, "UNWIND range(1, 10) AS i RETURN i", rows=10).cut is False


@pytest.mark.server
def test_time_and_memory_are_bounded(small: Graph) -> None:
    for text, code in (
        ("UNWIND range(1, 10000000000) AS i WITH i WHERE i < 0 RETURN i", "graph.timeout"),
        (
            "UNWIND range(1, 30000000) AS i WITH collect(toString(i) + 'xxxxxxxxxxxxxxxx') AS l RETURN size(l)",
            "graph.memory",
        ),
    ):
        with pytest.raises(FinGraphError) as caught:
            run_readonly(small, text, seconds=2 if code == "graph.timeout" else 60)
        assert caught.value.code == code
    assert run_readonly(small, "RETURN 1 AS one").rows == [(1,)], "the server lives on"


@pytest.mark.server
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("MATCH (n)\nRETURN m.x + 'secret-13800138000'", "SyntaxError at line 2, column 8"),
        ("RETURN date('secret-13800138000')", "Error"),
        ("RETURN 'secret-13800138000' / 0", "Error"),
        ("RETURN $nothing", "ParameterMissing"),
        ("MATCH (secret) RETURN secret-13800138000 WHERE", "SyntaxError at line 1"),
    ],
)
def test_an_error_tells_its_kind_and_place_and_no_value(small: Graph, text: str, says: str) -> None:
    with pytest.raises(FinGraphError) as caught:
        run_readonly(small, text)
    assert caught.value.code == "graph.cypher"
    assert says in caught.value.message
    assert "secret" not in str(caught.value.as_dict())
    assert caught.value.__suppress_context__


@pytest.mark.server
def test_values_come_as_json_can_hold_them(small: Graph) -> None:
    text = (
        "MATCH p = (u:User {key: 'a'})-[s]->(x) RETURN u, s, p, date('2025-01-02') AS day, [1, {b: null}] AS list, "
        "0.0 / 0.0 AS nan, point({x: 1, y: 2}) AS place"
    )
    (row,) = run_readonly(small, text).rows
    assert row[0] == {"labels": ["User"], "properties": {"key": "a"}}
    assert row[1] == {"type": "SUBMITTED", "start": "a", "end": "x", "properties": {}}
    assert [node["labels"] for node in row[2]["nodes"]] == [["User"], ["Application"]]
    assert row[3:6] == ("2025-01-02", [1, {"b": None}], "nan")
    assert row[6] == [1.0, 2.0]


@pytest.mark.parametrize(
    "bounds",
    [{"rows": 0}, {"rows": 10**9}, {"seconds": 0}, {"seconds": 1e9}, {"bytes": 0}, {"bytes": 10**12}],
)
def test_bounds_out_of_reach_are_refused(bounds: dict[str, int]) -> None:
    with pytest.raises(FinGraphError) as caught:
        run_readonly(None, "RETURN 1", **bounds)  # type: ignore[arg-type]
    assert caught.value.code == "console.bounds"


@pytest.mark.parametrize("params", [{"a": object()}, {"a": "x" * 300_000}])
def test_parameters_that_are_none_or_too_large_are_refused(params: dict[str, object]) -> None:
    with pytest.raises(FinGraphError) as caught:
        run_readonly(None, "RETURN $a", params)  # type: ignore[arg-type]
    assert caught.value.code == "console.refused"
