"""A lender that never was: honest people, fraud rings and what became of them, as files with a known truth."""

from simulator.world import Order, Summary, order, simulate

__all__ = ["Order", "Summary", "order", "simulate"]
