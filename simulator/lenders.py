"""Lenders and their products, and what people ask them for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.clock import SECOND
from simulator.dice import Dice, Floats, Ints, cumulative
from simulator.hours import MINUTE
from simulator.sheet import Sheet


@dataclass(frozen=True)
class Product:
    """A loan product; amounts in yuan."""

    name: str
    lender: int
    least: int
    most: int
    terms: tuple[int, ...]
    yearly_rate: float
    strictness: float
    """Taken off the logit of approval."""
    weight: float


LENDERS = ("north-star", "river-bank", "lotus", "bright-path", "harbour", "red-brick")
TO_THE_MINUTE = (2, 4)
"""Lenders whose systems note whole minutes only."""

_SHAPES = (
    ("cash", 1_000, 20_000, (3, 6, 12), 0.0, 3.0),
    ("instalment", 3_000, 60_000, (6, 12, 24), 0.4, 2.0),
    ("premium", 20_000, 200_000, (12, 24, 36), 1.1, 1.0),
)
_MARKET = (26, 22, 18, 14, 12, 8)
_STRICT = (0.3, 0.7, 0.0, -0.3, 0.4, -0.5)

PRODUCTS = tuple(
    Product(
        name=f"{lender}-{shape}",
        lender=number,
        least=least,
        most=most,
        terms=terms,
        yearly_rate=round(0.24 - 0.03 * extra - 0.05 * _STRICT[number], 4),
        strictness=_STRICT[number] + extra,
        weight=_MARKET[number] * weight,
    )
    for number, lender in enumerate(LENDERS)
    for shape, least, most, terms, extra, weight in _SHAPES
)

_SHARES = cumulative([product.weight for product in PRODUCTS])
_LEAST = np.array([product.least for product in PRODUCTS])
_MOST = np.array([product.most for product in PRODUCTS])
_TERMS = np.array([product.terms for product in PRODUCTS])
LENDER_OF = np.array([product.lender for product in PRODUCTS])


@dataclass(frozen=True)
class Asked:
    """What the applications of a sheet ask for."""

    product: Ints
    lender: Ints
    amount: Ints
    """Whole yuan."""
    term: Ints
    """Months."""
    income: Ints
    """Stated monthly income, cents."""
    ability: Floats
    """How well the applicant can pay as it shows; standard normal for honest people."""
    submitted: Ints
    """µs UTC as the lender notes it: whole seconds or whole minutes."""


def ask(dice: Dice, sheet: Sheet) -> Asked:
    """The product, amount, term and stated income of each application."""
    product = dice.weighted("product", _SHARES, sheet.key)
    lender = LENDER_OF[product]
    ability = dice.normal("ability", sheet.person) + np.where(sheet.fraud, 0.3, 0.0)
    income = np.exp(8.95 + 0.4 * ability + 0.15 * dice.normal("income", sheet.person))
    wish = income * np.exp(0.6 + 0.7 * dice.normal("wish", sheet.key) + np.where(sheet.fraud, 0.4, 0.0))
    amount = np.clip(wish, _LEAST[product], _MOST[product]) // 100 * 100
    term = _TERMS[product, dice.pick("term", _TERMS.shape[1], sheet.key)]
    minute = np.isin(lender, TO_THE_MINUTE)
    return Asked(
        product=product,
        lender=lender,
        amount=amount.astype(np.int64),
        term=term,
        income=(income / 50).astype(np.int64) * 50 * 100,
        ability=ability,
        submitted=np.where(minute, sheet.when // MINUTE * MINUTE, sheet.when // SECOND * SECOND),
    )
