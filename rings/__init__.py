"""Rings: applications of several users that hang together, with names that last, a history and a score."""

from rings.backfill import backfill
from rings.decide import Decided, exclude_members, list_decisions, merge_rings, split_ring, undo_decision
from rings.evaluate import Compared, Evaluation, evaluate_graph, read_truth
from rings.listing import RingFilter, RingSummary, Sort, list_rings
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
    "Compared",
    "Decided",
    "Evaluation",
    "OutcomeShare",
    "RingDetail",
    "RingFilter",
    "RingSummary",
    "RunResult",
    "Sort",
    "backfill",
    "evaluate_graph",
    "exclude_members",
    "list_decisions",
    "list_rings",
    "merge_rings",
    "outcome_shares",
    "read_truth",
    "ring_evidence",
    "ring_history",
    "ring_members",
    "run_rings",
    "show_ring",
    "split_ring",
    "undo_decision",
]
