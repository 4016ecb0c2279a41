"""Which products people like: by what they wish for, by price, and by a taste of their own."""

from __future__ import annotations

import numpy as np

from simulator.dice import Dice, Floats, Ints, Words
from simulator.lenders import PRODUCTS, of_products

KNOWN = 1.0
"""Weight of how well a product is known."""
TOO_LITTLE, TOO_MUCH = 1.5, 1.0
"""Dislike of products that give less than wished for, or begin above it; by logarithm."""
PRICE = 8.0
TASTE = 0.8

_FAMOUS = KNOWN * np.log(of_products("weight") / of_products("weight").mean())
_PRICE = -PRICE * (of_products("yearly_rate") - 0.2)
_LEAST, _MOST = np.log(of_products("least")), np.log(of_products("most"))
_COUNT = len(PRODUCTS)


def wish(dice: Dice, income: Floats, key: Ints) -> Floats:
    """Yuan wished for: about twice the monthly income."""
    wished: Floats = income * np.exp(0.6 + 0.7 * dice.normal("wish", key))
    return wished


def liking(dice: Dice, person: Ints, wished: Floats, product: Ints) -> Floats:
    """How much people like products; rows broadcast. Differences of it are logits of choice."""
    amount = np.log(wished)
    fit = -TOO_LITTLE * np.maximum(0.0, amount - _MOST[product])
    fit -= TOO_MUCH * np.maximum(0.0, _LEAST[product] - amount)
    own = TASTE * (dice.unit("taste", person * 32 + product) - 0.5) * 12**0.5
    liked: Floats = fit + own + (_FAMOUS + _PRICE)[product]
    return liked


def chosen(dice: Dice, person: Ints, wished: Floats, key: Ints, more: Floats) -> Ints:
    """The product each application asks for: the liking and a Gumbel draw for each (McFadden 1974).

    `more`: added to the liking, a row an application and a column a product.
    """
    product = np.arange(_COUNT, dtype=np.int64)
    liked = liking(dice, person[:, None], wished[:, None], product) + more
    word: Words = dice.bits("product", key[:, None] * 32 + product) >> np.uint64(11)
    liked -= np.log(-np.log((word + 0.5) * 2.0**-53))
    product_chosen: Ints = np.argmax(liked, axis=1)
    return product_chosen
