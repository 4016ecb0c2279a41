"""Rings: applications of several users that hang together, with names that last, a history and a score."""

from rings.backfill import backfill
from rings.evaluate import Compared, Evaluation, evaluate_graph, read_truth
from rings.frames import RingFrames, as_json, graphml, rings_frame, to_networkx, to_pandas
from rings.ring_graph import LIMIT, RingEdge, RingGraph, RingNode, RingTotal, ring_graph
from rings.run import RunResult, run_rings
from rings.view import (
    OutcomeShare,
    Page,
    RingDetail,
    RingSummary,
    Sort,
    list_rings,
    outcome_shares,
    show_ring,
)

__all__ = [
    "LIMIT",
    "Compared",
    "Evaluation",
    "OutcomeShare",
    "Page",
    "RingDetail",
    "RingEdge",
    "RingFrames",
    "RingGraph",
    "RingNode",
    "RingSummary",
    "RingTotal",
    "RunResult",
    "Sort",
    "as_json",
    "backfill",
    "evaluate_graph",
    "graphml",
    "list_rings",
    "outcome_shares",
    "read_truth",
    "ring_graph",
    "rings_frame",
    "run_rings",
    "show_ring",
    "to_networkx",
    "to_pandas",
]
