"""Lenders, their policies and their products, as data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.dice import Floats


@dataclass(frozen=True)
class Lender:
    """A lender and how it decides. Weights are added to, or taken off, the logit of approval."""

    name: str
    market: float
    """Share of the market."""
    strict: float
    """Taken off for everybody."""
    income: float
    """Weight of the logarithm of stated income."""
    debt: float
    """Taken off for each unit of stated debt by income."""
    young: float
    """Taken off for people under 25."""
    old: float
    """Taken off for people over 52."""
    channels: tuple[float, float, float, float]
    """Taken off by channel: app, web, agent, partner."""
    catches: float
    """Share of an easily seen fraud that its own checks refuse."""
    automatic: float
    """Share decided by machine, within minutes."""
    payout_hours: float
    to_the_minute: bool = False
    """Whether its system notes whole minutes only."""


# fmt: off
LENDERS = (
    Lender("north-star", 26, strict=0.3, income=0.5, debt=1.6, young=0.3, old=0.1, channels=(0.0, 0.1, 0.4, 0.1),
           catches=0.35, automatic=0.85, payout_hours=6),
    Lender("river-bank", 22, strict=0.7, income=0.9, debt=2.4, young=0.6, old=0.3, channels=(0.0, 0.0, 0.7, 0.3),
           catches=0.5, automatic=0.5, payout_hours=20),
    Lender("lotus", 18, strict=0.0, income=0.4, debt=1.2, young=0.0, old=0.2, channels=(0.0, 0.1, 0.1, 0.0),
           catches=0.25, automatic=0.8, payout_hours=8, to_the_minute=True),
    Lender("bright-path", 14, strict=-0.3, income=0.2, debt=0.8, young=-0.2, old=0.5, channels=(0.0, 0.2, 0.2, 0.0),
           catches=0.15, automatic=0.95, payout_hours=3),
    Lender("harbour", 12, strict=0.4, income=0.6, debt=2.0, young=0.5, old=-0.1, channels=(0.1, 0.0, -0.2, 0.2),
           catches=0.3, automatic=0.6, payout_hours=14, to_the_minute=True),
    Lender("red-brick", 8, strict=-0.5, income=0.1, debt=0.5, young=0.1, old=0.1, channels=(0.0, 0.0, -0.1, -0.1),
           catches=0.05, automatic=0.9, payout_hours=4),
)
# fmt: on


@dataclass(frozen=True)
class Product:
    """A loan product; amounts in yuan."""

    name: str
    lender: int
    shape: int
    """0 cash, 1 instalment, 2 premium."""
    least: int
    most: int
    terms: tuple[int, ...]
    yearly_rate: float
    strictness: float
    """Taken off the logit of approval, beside what the lender takes."""
    weight: float
    """How often it is seen."""


_SHAPES = (
    ("cash", 1_000, 20_000, (3, 6, 12), 0.0, 3.0),
    ("instalment", 3_000, 60_000, (6, 12, 24), 0.4, 2.0),
    ("premium", 20_000, 200_000, (12, 24, 36), 1.1, 1.0),
)

PRODUCTS = tuple(
    Product(
        name=f"{lender.name}-{name}",
        lender=number,
        shape=shape,
        least=least,
        most=most,
        terms=terms,
        yearly_rate=round(0.24 - 0.03 * extra - 0.05 * lender.strict, 4),
        strictness=extra,
        weight=lender.market * weight,
    )
    for number, lender in enumerate(LENDERS)
    for shape, (name, least, most, terms, extra, weight) in enumerate(_SHAPES)
)

LENDER_NAMES = tuple(lender.name for lender in LENDERS)
PRODUCT_IDS = tuple(f"P{number + 1:02d}" for number in range(len(PRODUCTS)))


def of_lenders(name: str) -> Floats:
    """One number of each lender."""
    return np.array([getattr(lender, name) for lender in LENDERS], dtype=np.float64)


def of_products(name: str) -> Floats:
    """One number of each product."""
    return np.array([getattr(product, name) for product in PRODUCTS], dtype=np.float64)


LENDER_OF = of_products("lender").astype(np.int64)
CHANNEL_WEIGHTS = np.array([lender.channels for lender in LENDERS])
TERMS = np.array([product.terms for product in PRODUCTS])
