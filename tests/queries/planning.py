"""What the server's planner makes of a statement."""

from __future__ import annotations

from core.graph import Graph


def plan_anew(graph: Graph) -> None:
    """Plans are made for the graph at hand: not those made before its indexes were there, or for another graph."""
    graph.implicit("CALL db.awaitIndexes(120)")
    graph.implicit("CALL db.prepareForReplanning(120)")


def problems(graph: Graph, text: str, *, whole: bool = False) -> list[str]:
    """What the server has to say against a statement: cartesian products, missing indexes, unknown names."""
    with graph.driver.session(database="neo4j", notifications_min_severity="INFORMATION") as session:
        summary = session.run("EXPLAIN " + text).consume()
    told = [status.gql_status + " " + status.status_description for status in summary.gql_status_objects]
    named = [
        line for line in told if not line.startswith(("00000", "00001", "02000", "02N42", "01N50", "01N51"))
    ]
    missing = [line for line in named if "parameter" not in line.lower() and "01N52" not in line]
    missing = [
        line
        for line in missing
        if not line.startswith("01N02 warn: feature deprecated without replacement. id ")
    ]
    operators: list[str] = []

    def walk(plan: dict[str, object]) -> None:
        operators.append(str(plan["operatorType"]))
        for child in plan.get("children", []):  # type: ignore[attr-defined]
            walk(child)

    walk(summary.plan)
    bad = ("CartesianProduct", "AllNodesScan") if whole else ("CartesianProduct", "Scan")
    return missing + [o for o in operators if any(word in o for word in bad)]
