"""Read-only Cypher for scripts and the curious: checked word by word and by its plan, then run between bounds.

Neo4j Community has no roles: whoever may run a statement may do everything. A read transaction refuses writes, and
lets pass what reads files, fills the memory with projections, lists users and stops transactions. So a statement is
refused unless all of these hold:

1. It is short, has no unicode escape (which could spell a keyword), no prefix (`EXPLAIN`, `PROFILE`, `CYPHER …`), no
   second statement, no `USE`, `LOAD CSV` or command; it calls procedures and functions of a list only.
2. Neo4j's own plan of it says that it reads, and has no operator but those of a list.

It runs in a read transaction of limited time and memory (`db.memory.transaction.max`), and rows are fetched until
their number or bytes reach the bound. Errors tell where and of what kind, never what the text says.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from itertools import pairwise

from core.errors import UsageError
from core.graph import Graph
from core.records import Plan
from queries.answers import Answer
from queries.lexer import Token, functions, procedures, tokens
from queries.specs import Column

TEXT_LONGEST = 20_000
PARAMETERS_LARGEST = 200_000
"""Bytes of all parameters as JSON."""
CLAUSES_MOST = 60
"""MATCH, CALL, UNION, NOT, CASE and the like: the planner's time grows with them."""
TOKENS_MOST = 2_000
"""Words and marks of a statement."""
CHAIN_LONGEST = 100
"""Operators of one expression. Of 950 additions or 900 property look-ups in a row Neo4j 5.26 never answers: its planner
recurses, and the connection waits for two minutes."""
HOPS_MOST = 40
"""Relationships written in patterns: 90 around one node take 20 s to plan."""
DEEPEST, SUBQUERIES_DEEPEST = 60, 8
"""Brackets inside brackets, and braces inside braces: 25 EXISTS in one another are never planned."""
ROWS_MOST, BYTES_MOST, SECONDS_MOST = 100_000, 100_000_000, 600.0
PLAN_SECONDS = 10.0

PROCEDURES = frozenset(
    {
        *("db.labels", "db.relationshiptypes", "db.propertykeys"),
        *("db.schema.visualization", "db.schema.nodetypeproperties", "db.schema.reltypeproperties"),
        *("db.index.fulltext.querynodes", "db.index.fulltext.queryrelationships"),
        *("db.index.vector.querynodes", "db.index.vector.queryrelationships"),
    }
)
"""What may be called, in lower case."""
NAMESPACES = frozenset(
    {"date", "datetime", "localdatetime", "localtime", "time", "duration", "point", "vector"}
)
"""First parts of functions with a dot in their name that Cypher itself brings; all others are of extensions."""
FUNCTIONS_REFUSED = frozenset({"file", "linenumber"})
"""They tell of files that are being loaded."""

COMMANDS = frozenset(
    {
        *(
            "SHOW",
            "TERMINATE",
            "CREATE",
            "MERGE",
            "DELETE",
            "DETACH",
            "NODETACH",
            "SET",
            "REMOVE",
            "DROP",
            "ALTER",
        ),
        *("GRANT", "DENY", "REVOKE", "START", "STOP", "RENAME", "ENABLE", "DISABLE", "DRYRUN", "REALLOCATE"),
        *("DEALLOCATE", "LOAD", "FOREACH", "INSERT", "USE", "EXPLAIN", "PROFILE", "CYPHER", "PERIODIC"),
    }
)
"""Words that may not begin a clause."""
CLAUSES = frozenset(
    {"MATCH", "CALL", "UNION", "UNWIND", "WITH", "EXISTS", "COUNT", "COLLECT", "SHORTEST", "NOT", "CASE"}
)
"""Words whose number is bounded."""

OPERATORS = frozenset(
    [
        "AggregationFunction",
        "AllNodesScan",
        "AntiConditionalApply",
        "AntiSemiApply",
        "AnonymousApply",
        "Apply",
        "Argument",
        "ArgumentTracker",
        "AssertSameNode",
        "AssertSameRelationship",
        "BFSPruningVarLengthExpand(All)",
        "BFSPruningVarLengthExpand(Into)",
        "CacheProperties",
        "CartesianProduct",
        "ConditionalApply",
        "DirectedAllRelationshipsScan",
        "DirectedRelationshipByElementIdSeek",
        "DirectedRelationshipByIdSeek",
        "DirectedRelationshipIndexContainsScan",
        "DirectedRelationshipIndexEndsWithScan",
        "DirectedRelationshipIndexScan",
        "DirectedRelationshipIndexSeek",
        "DirectedRelationshipIndexSeekByRange",
        "DirectedRelationshipTypeScan",
        "DirectedRelationshipUniqueIndexSeek",
        "DirectedRelationshipUniqueIndexSeekByRange",
        "DirectedUnionRelationshipTypesScan",
        "Distinct",
        "Eager",
        "EagerAggregation",
        "EmptyResult",
        "EmptyRow",
        "ErrorPlan",
        "Expand(All)",
        "Expand(Into)",
        "ExhaustiveLimit",
        "Filter",
        "IntersectionNodeByLabelsScan",
        "LeftOuterHashJoin",
        "LetAntiSemiApply",
        "LetSelectOrAntiSemiApply",
        "LetSelectOrSemiApply",
        "LetSemiApply",
        "Limit",
        "MultiNodeIndexSeek",
        "NodeByElementIdSeek",
        "NodeByIdSeek",
        "NodeByLabelScan",
        "NodeCountFromCountStore",
        "NodeHashJoin",
        "NodeIndexContainsScan",
        "NodeIndexEndsWithScan",
        "NodeIndexScan",
        "NodeIndexSeek",
        "NodeIndexSeekByRange",
        "NodeUniqueIndexSeek",
        "NodeUniqueIndexSeekByRange",
        "NullifyMetadata",
        "Optional",
        "OptionalExpand(All)",
        "OptionalExpand(Into)",
        "OrderedAggregation",
        "OrderedDistinct",
        "OrderedUnion",
        "PartialSort",
        "PartialTop",
        "PartitionedAllNodesScan",
        "PartitionedNodeByLabelScan",
        "PartitionedUnwind",
        "PathPropagatingBFS",
        "PreserveOrder",
        "ProcedureCall",
        "ProduceResults",
        "Projection",
        "ProjectEndpoints",
        "PruningVarLengthExpand",
        "PruningVarLengthExpand(All)",
        "RelationshipCountFromCountStore",
        "RemoteBatchProperties",
        "Repeat(Trail)",
        "RightOuterHashJoin",
        "RollUpApply",
        "SelectOrAntiSemiApply",
        "SelectOrSemiApply",
        "SemiApply",
        "ShortestPath",
        "Skip",
        "SimulatedExpand",
        "SimulatedNodeScan",
        "SingleFromRightLogicalPlan",
        "Sort",
        "StatefulShortestPath(All)",
        "StatefulShortestPath(Into)",
        "SubtractionNodeByLabelsScan",
        "Top",
        "Trail",
        "Top1WithTies",
        "TriadicBuild",
        "TriadicFilter",
        "TriadicSelection",
        "UndirectedAllRelationshipsScan",
        "UndirectedRelationshipByElementIdSeek",
        "UndirectedRelationshipByIdSeek",
        "UndirectedRelationshipIndexContainsScan",
        "UndirectedRelationshipIndexEndsWithScan",
        "UndirectedRelationshipIndexScan",
        "UndirectedRelationshipIndexSeek",
        "UndirectedRelationshipIndexSeekByRange",
        "UndirectedRelationshipTypeScan",
        "UndirectedRelationshipUniqueIndexSeek",
        "UndirectedUnionRelationshipTypesScan",
        "Union",
        "UnionNodeByLabelsScan",
        "Unwind",
        "ValueHashJoin",
        "VarLengthExpand(All)",
        "VarLengthExpand(Into)",
        "VarLengthExpand(Pruning)",
    ]
)
"""What a plan may do."""

_NO_CLAUSE_AFTER = frozenset(".:|&!,$+-/=<%^([")
_ENDS = ("RETURN", "WITH", "MATCH", "WHERE", "UNWIND", "CALL", "UNION", "ORDER", "AS", "THEN", "ELSE", "WHEN")
_CHAINED = frozenset("+-*/%^=<>.[")
_CHAINING = ("AND", "OR", "XOR", "NOT", "IN", "IS", "CONTAINS", "STARTS", "ENDS")
_LINE_ENDS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
"""Where two readers of one text may differ on what a comment still covers."""
_ESCAPE = re.compile(r"\\u", re.IGNORECASE)


def run_readonly(
    graph: Graph,
    text: str,
    params: Mapping[str, object] | None = None,
    *,
    seconds: float = 10.0,
    rows: int = 1_000,
    bytes: int = 5_000_000,  # noqa: A002 - the word for what is bounded
) -> Answer:
    """The first `rows` rows of a statement that reads, of at most `bytes` as JSON, within `seconds`.

    Raises `UsageError`: `console.bounds` for bounds out of reach, `console.refused` for a statement that is not taken,
    with the reason, `graph.cypher` for one that Neo4j cannot read or run, with the place. Raises
    `GraphUnavailableError`: `graph.timeout`, `graph.memory`.
    """
    if not (0 < seconds <= SECONDS_MOST and 0 < rows <= ROWS_MOST and 0 < bytes <= BYTES_MOST):
        raise UsageError(
            "console.bounds",
            f"At most {SECONDS_MOST:g} seconds, {ROWS_MOST:,} rows and {BYTES_MOST:,} bytes, each above 0.",
        )
    given = dict(params or {})
    began = time.monotonic()
    check_text(text)
    _check_parameters(given)
    check_plan(graph.explain(text, given, seconds=min(seconds, PLAN_SECONDS)))
    found = graph.bounded(text, given, seconds=seconds, rows=rows, size=bytes)
    return Answer(
        columns=tuple(Column(name, None) for name in found.columns),
        rows=found.rows,
        cut_by=() if found.cut_by is None else (found.cut_by,),
        seconds=round(time.monotonic() - began, 4),
    )


def check_text(text: str) -> None:
    """Raise `UsageError` (`console.refused`) for a text that is not taken, whatever its plan."""
    if not text.strip() or len(text) > TEXT_LONGEST:
        raise _refused(f"it is empty or longer than {TEXT_LONGEST:,} characters")
    if _ESCAPE.search(text):
        raise _refused("it has a unicode escape; write the character itself, or pass it as a parameter")
    if _LINE_ENDS.search(text):
        raise _refused("it has a control character or a line end other than a newline")
    found = tokens(text)
    if any(token.kind == "mark" and not token.text.isascii() for token in found):
        raise _refused("it has a character outside of texts that is no letter")
    if found and found[-1].text == ";":
        found.pop()
    if any(token.text == ";" and token.kind == "mark" for token in found):
        raise _refused("it holds several statements")
    if stray := next(
        (token for token in found if token.kind == "mark" and token.text in ("`", "'", '"')), None
    ):
        raise _refused(f"a quote is not closed ({stray.text})")
    _check_clauses(found)
    _check_size(found)
    _check_calls(found)


def check_plan(plan: Plan) -> None:
    """Raise `UsageError` (`console.refused`) for a plan that does anything but read from the graph."""
    if plan.type != "r" or plan.root is None:
        raise _refused("it does not only read")
    for operator in plan.root.walk():
        if operator.name not in OPERATORS:
            raise _refused(f"its plan holds {operator.name}")
        if operator.name == "ProcedureCall" and _called(operator.details) not in PROCEDURES:
            raise _refused(f"it calls a procedure that is not one of: {', '.join(sorted(PROCEDURES))}")


def _check_parameters(given: Mapping[str, object]) -> None:
    try:
        size = len(json.dumps(given))
    except (TypeError, ValueError, RecursionError):
        raise _refused("its parameters are not what JSON can hold") from None
    if size > PARAMETERS_LARGEST:
        raise _refused(f"its parameters come to more than {PARAMETERS_LARGEST:,} bytes")


def _check_clauses(found: list[Token]) -> None:
    for place, token in enumerate(found):
        if token.upper in COMMANDS and _begins_clause(found, place):
            raise _refused(f"{token.upper} is not taken")
    words = [token.upper for token in found]
    for first, second in (("LOAD", "CSV"), ("IN", "TRANSACTIONS"), ("CONCURRENT", "TRANSACTIONS")):
        if (first, second) in pairwise(words):
            raise _refused(f"{first} {second} is not taken")


def _begins_clause(found: list[Token], place: int) -> bool:
    """Whether the word stands where a clause could begin: followed by what goes on with it, and no name itself."""
    before = found[place - 1] if place else None
    after = found[place + 1] if place + 1 < len(found) else None
    if before is None:
        return True
    if before.kind == "mark" and before.text in _NO_CLAUSE_AFTER:
        return False  # a property, a label, a type, one of a list
    if before.upper in (
        "AS",
        "UNWIND",
        "BY",
        "WHERE",
        "RETURN",
        "DISTINCT",
        "AND",
        "OR",
        "NOT",
        "XOR",
        "IN",
        "WITH",
    ):
        return False  # a variable
    return after is not None and (after.is_name or after.text in ("(", "$", "'", '"') or after.kind == "text")


def _check_size(found: list[Token]) -> None:
    if len(found) > TOKENS_MOST:
        raise _refused(f"it has more than {TOKENS_MOST:,} words and marks")
    words = [token.upper for token in found]
    ends = sum(one in ("STARTS", "ENDS") and two == "WITH" for one, two in pairwise(words))
    if sum(word in CLAUSES for word in words) - ends > CLAUSES_MOST:
        raise _refused(f"it has more than {CLAUSES_MOST} clauses, NOT and CASE counted")
    marks = [token.text if token.kind == "mark" else "" for token in found]
    hops = sum(one == "-" and two in ("[", "-", ">") for one, two in pairwise(marks))
    if hops > HOPS_MOST:
        raise _refused(f"its patterns have more than {HOPS_MOST} relationships")
    if _longest_chain(found) > CHAIN_LONGEST:
        raise _refused(f"an expression has more than {CHAIN_LONGEST} operators")
    for brackets, most in (("([{}])", DEEPEST), ("{}", SUBQUERIES_DEEPEST)):
        if _depth(marks, brackets) > most:
            raise _refused(f"it is nested deeper than {most} of the brackets {brackets}")


def _depth(marks: list[str], brackets: str) -> int:
    """How deep the `brackets`, opening ones first, lie inside each other."""
    opening = brackets[: len(brackets) // 2]
    depth = deepest = 0
    for mark in marks:
        if mark and mark in brackets:
            depth += 1 if mark in opening else -1
            deepest = max(deepest, depth)
    return deepest


def _longest_chain(found: list[Token]) -> int:
    """Operators between two commas, or two words that end an expression."""
    chain = longest = 0
    for token in found:
        if token.text in (",", "|", ";") or token.upper in _ENDS:
            chain = 0
        elif (token.kind == "mark" and token.text in _CHAINED) or token.upper in _CHAINING:
            chain += 1
            longest = max(longest, chain)
    return longest


def _check_calls(found: list[Token]) -> None:
    for name in procedures(found):
        if ".".join(name).lower() not in PROCEDURES:
            raise _refused(f"it calls a procedure that is not one of: {', '.join(sorted(PROCEDURES))}")
    called = {".".join(name).lower() for name in procedures(found)}
    for name in functions(found):
        told = ".".join(name).lower()
        if told in called:
            continue
        extension = "." in told and told.split(".")[0] not in NAMESPACES
        if extension or told in FUNCTIONS_REFUSED:
            raise _refused("it calls a function that is not Cypher's own, or tells of files")


def _called(details: str) -> str:
    return details.split("(", maxsplit=1)[0].replace("`", "").strip().lower()


def _refused(reason: str) -> UsageError:
    return UsageError("console.refused", f"The statement is refused: {reason}.")
