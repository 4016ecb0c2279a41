"""Rings: applications of several users that hang together, with names that last, a history and a score."""

from rings.backfill import backfill
from rings.evaluate import Compared, Evaluation, evaluate_graph, read_truth
from rings.gds import EngineName
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
    "Compared",
    "EngineName",
    "Evaluation",
    "OutcomeShare",
    "Page",
    "RingDetail",
    "RingSummary",
    "RunResult",
    "Sort",
    "backfill",
    "evaluate_graph",
    "list_rings",
    "outcome_shares",
    "read_truth",
    "run_rings",
    "show_ring",
]
