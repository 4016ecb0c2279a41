"""Rings: applications of several users that hang together by what they share, with names that last."""

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
    "OutcomeShare",
    "Page",
    "RingDetail",
    "RingSummary",
    "RunResult",
    "Sort",
    "list_rings",
    "outcome_shares",
    "run_rings",
    "show_ring",
]
