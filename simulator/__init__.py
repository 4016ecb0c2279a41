"""A lender that never was: honest people, fraud rings and what became of them, as files with a known truth."""

from simulator.incidents import Incident
from simulator.response import Responses, respond
from simulator.world import Order, Summary, World, order, simulate

__all__ = [
    "Incident",
    "Order",
    "Responses",
    "Summary",
    "World",
    "order",
    "respond",
    "simulate",
]
