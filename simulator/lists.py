"""Lists of products that people saw, and what they did with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.clock import SECOND
from simulator.asked import Asked
from simulator.attention import clicked, looked_at
from simulator.dice import Dice, Flags, Floats, Ints, cumulative
from simulator.hours import HOUR, MINUTE
from simulator.lenders import PRODUCTS, of_products
from simulator.sheet import Sheet
from simulator.taste import liking

LENGTH = 8
LEADS, ONLY_LOOKS = 0.25, 0.1
"""Shares of applications that a list led to, and after which somebody looked at one more list."""
FAME = 0.5
"""How far the marketplace puts what is well known on top; the rest of its order is chance."""

_PLACES = np.arange(LENGTH, dtype=np.int64)
_POSITIONS = cumulative(looked_at(_PLACES))
_COUNT = len(PRODUCTS)
_FAME = FAME * np.log(of_products("weight"))


@dataclass(frozen=True)
class Lists:
    """A row a product shown, in order of the applications the lists belong to, then from top to bottom."""

    row: Ints
    """Into the sheet."""
    number: Ints
    """Which of the application's lists it is: 0 or 1."""
    when: Ints
    position: Ints
    product: Ints
    clicked: Flags
    applied: Flags
    """The application of `row` is for this product and came of this list."""


def lists(dice: Dice, sheet: Sheet, asked: Asked, end: int) -> Lists:
    """Lists before a share of applications, and some that led to none."""
    key = sheet.key
    before = asked.submitted - 30 * SECOND - _whole(dice.exponential("list before", 4 * MINUTE, key))
    later = sheet.when + HOUR + _whole(dice.exponential("list after", 30 * HOUR, key))
    led = dice.chance("came of a list", LEADS, key)
    looks = dice.chance("looks at a list", ONLY_LOOKS, key) & (later < end)
    row, number = np.nonzero(np.stack([led, looks], axis=1))
    list_key = key[row] * 2 + number
    product, place = _shown(dice, list_key, np.where(number == 0, asked.product[row], -1))
    liked = liking(dice, sheet.person[row][:, None], asked.wished[row][:, None], product)
    own = place[:, None] == _PLACES
    click = dice.chance("clicks", clicked(_PLACES, liked), list_key[:, None], product)
    return Lists(
        row=np.repeat(row, LENGTH),
        number=np.repeat(number, LENGTH),
        when=np.repeat(np.where(number == 0, before[row], later[row]), LENGTH),
        position=np.tile(_PLACES, len(row)),
        product=product.ravel(),
        clicked=(click | own).ravel(),
        applied=own.ravel(),
    )


def _shown(dice: Dice, key: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """The products of each list from top to bottom, and the place of the one that was applied for (−1: none).

    That one stands where somebody looked: its place is drawn by how likely each is looked at.
    """
    products = np.arange(_COUNT, dtype=np.int64)
    order = _FAME - np.log(
        -np.log(dice.unit("order of list", key[:, None] * 32 + products) * (1 - 1e-9) + 5e-10)
    )
    there = wanted >= 0
    order[there, wanted[there]] = -np.inf
    shown = np.argsort(-order, axis=1)[:, :LENGTH].astype(np.int64)
    place = np.where(there, dice.weighted("place in list", _POSITIONS, key), -1)
    rows = np.flatnonzero(there)
    moved = np.where(place[rows, None] < _PLACES, shown[rows][:, _PLACES - 1], shown[rows])
    moved[np.arange(len(rows)), place[rows]] = wanted[rows]
    shown[rows] = moved
    return shown, place


def _whole(duration: Floats) -> Ints:
    return (duration / SECOND).astype(np.int64) * SECOND
