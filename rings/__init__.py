"""Rings: applications of several users that hang together, with names that last, a history and a score."""

from rings.backfill import backfill
from rings.decide import Decided, exclude_members, list_decisions, merge_rings, split_ring, undo_decision
from rings.evaluate import Compared, Evaluation, evaluate_graph, read_truth
from rings.frames import RingFrames, as_json, graphml, rings_frame, to_networkx, to_pandas
from rings.gds import EngineName
from rings.listing import RingFilter, RingSummary, Sort, list_rings
from rings.ring_graph import LIMIT, RingEdge, RingGraph, RingNode, RingTotal, ring_graph
from rings.run import RunResult, run_rings
from rings.view import (
    OutcomeShare,
    RingDetail,
    outcome_shares,
    ring_evidence,
    ring_history,
    ring_members,
    show_ring,
)

__all__ = [
    "LIMIT",
    "Compared",
    "Decided",
    "EngineName",
    "Evaluation",
    "OutcomeShare",
    "RingDetail",
    "RingEdge",
    "RingFilter",
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
    "exclude_members",
    "graphml",
    "list_decisions",
    "list_rings",
    "merge_rings",
    "outcome_shares",
    "read_truth",
    "ring_evidence",
    "ring_graph",
    "ring_history",
    "ring_members",
    "rings_frame",
    "run_rings",
    "show_ring",
    "split_ring",
    "to_networkx",
    "to_pandas",
    "undo_decision",
]
