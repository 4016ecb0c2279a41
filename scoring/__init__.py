"""The one path from an application to a stored decision: online, in batches, and again."""

from scoring.record import Decision, list_decisions, of_id, of_key
from scoring.request import Given, InvalidError, Sent
from scoring.scorer import Asked, Scorer

__all__ = [
    "Asked",
    "Decision",
    "Given",
    "InvalidError",
    "Scorer",
    "Sent",
    "list_decisions",
    "of_id",
    "of_key",
]
