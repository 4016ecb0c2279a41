"""Rings as graphs, made by hand: for what draws and writes them."""

from __future__ import annotations

from core.clock import DAY
from rings import RingEdge, RingGraph, RingNode, RingSummary, RingTotal

START = 1_740_000_000_000_000


def summary(applications: int = 3, users: int = 3) -> RingSummary:
    """A listed ring of ten days."""
    return RingSummary(
        key="rabcdefghij", born_run=1, run=1, dissolved_run=None, applications=applications, users=users,
        first_at=START, last_at=START + 9 * DAY, amount_cents=100, at_risk_cents=1_234_567, shared="Device=1",
        score=0.914, listed=True, reasons="[]",
    )  # fmt: skip


def device_farm(users: int, *, hub: bool = False, label: str = "d1***0f") -> RingGraph:
    """Users with an application each on one device; the first known as fraud, the second as none, the rest undated."""
    people = [node("User", f"s:u{i}") for i in range(users)]
    outcomes: list[dict[str, float]] = [{"fraud": 1.0}, {"fraud": 0.0}]
    outcomes += [{} for _ in range(users - 2)]
    applications = [
        node("Application", f"s:a{i}", START + i if i < 2 else None, lender="one", since_run=1, **outcomes[i])
        for i in range(users)
    ]
    device = node("Device", "d1", START, label, users=users, applications=users, links=users, hub=False)
    nodes = [*people, *applications, device]
    edges = [
        RingEdge(u.id, a.id, "SUBMITTED", None, a.known_at) for u, a in zip(people, applications, strict=True)
    ]
    edges += [RingEdge(a.id, device.id, "USED_DEVICE", None, a.known_at) for a in applications]
    if hub:
        address = node("IpAddress", "ip", START, "10.0.x.x", users=2, applications=2, links=12_345, hub=True)
        nodes.append(address)
        edges += [RingEdge(a.id, address.id, "FROM_IP", None, a.known_at) for a in applications[:2]]
    by_type = {"User": users, "Application": users, "Device": 1} | ({"IpAddress": 1} if hub else {})
    total = RingTotal(len(nodes), len(edges), by_type)
    return RingGraph(summary(users, users), nodes, edges, False, total, START + 30 * DAY)


def node(
    type_: str,
    key: str,
    known_at: int | None = None,
    label: str | None = None,
    **properties: str | float | bool,
) -> RingNode:
    """A node; its label is its key unless told."""
    return RingNode(f"{type_}:{key}", type_, key, label or key, known_at, properties)
