"""How people read lists of products: the higher, the likelier they look; what they like, they click."""

from __future__ import annotations

import numpy as np

from simulator.dice import Floats, Ints, logistic

FADES = 0.7
CLICKS, APPLIES = 0.8, 0.6
"""Liking at which a product looked at is clicked, and one clicked is applied for, half of the time."""


def looked_at(position: Ints) -> Floats:
    """Probability that somebody looks at a place of a list, 0 being the top (Craswell and others 2008)."""
    return np.asarray((position + 1.0) ** -FADES, dtype=np.float64)


def clicked(position: Ints, liked: Floats) -> Floats:
    """Probability of a click, by the liking."""
    return looked_at(position) * logistic(liked - CLICKS)


def applied(liked: Floats) -> Floats:
    """Probability of wanting a product that was clicked, by the liking."""
    return np.asarray(logistic(liked - APPLIES), dtype=np.float64)
