"""What people of a world do with any list of products: the judge of recommenders.

What somebody does with a product at a moment depends on the seed, the person, the moment and the product; of the rest
of the list only on whether it was looked at, and on what was applied for above it. So two lists shown to the same
person at the same moment differ in nothing but their order and choice, and few people tell good lists from bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.clock import SECOND
from core.errors import UsageError
from simulator.asked import statement
from simulator.attention import applied, clicked
from simulator.chances import chances
from simulator.dice import Flags, Floats, Ints
from simulator.habits import visible
from simulator.honest import chance_of_fraud
from simulator.lenders import PRODUCT_IDS
from simulator.outcomes import approval, disbursement, granted, overdue
from simulator.rings import LONE_CHANCE
from simulator.sheet import APP, FRAUD, LONE, NONE, OPERATOR, OUTSIDER, PEOPLE, SHOPKEEPER
from simulator.taste import liking, wish
from simulator.traits import Traits, traits
from simulator.world import World

T = TypeVar("T", bound=np.generic)
_NUMBERS = {product: number for number, product in enumerate(PRODUCT_IDS)}
_NOTHING = -1


@dataclass(frozen=True)
class Responses:
    """What came of lists; every array has a row a list and a column a position, or is one list's."""

    clicked: Flags
    applied: Flags
    """At most once a list: people read from the top and take the first that they want."""
    approved: Flags
    disbursed: Flags
    overdue: Flags
    """The first instalment is thirty days late."""
    amount: Ints
    """Cents granted; 0 where nothing was approved."""


def respond(
    world: World,
    person: str | Sequence[str],
    products: Sequence[str] | Sequence[Sequence[str]],
    at: int | datetime | Sequence[int] | Ints,
    seed: int = 0,
) -> Responses:
    """What people do with lists of products.

    `person`: one id or one a list: a user (`U…`), or who sits behind it by the truth (`P…`). `products`: ids from top
    to bottom; shorter lists end in "". `at`: when the lists were shown, µs UTC (or one moment with a time zone).
    Raises `UsageError`: `simulate.person`, `simulate.product`, `simulate.moment`.
    """
    one = isinstance(person, str)
    persons = [person] if isinstance(person, str) else list(person)
    shown = _numbers([products] if one else products)
    if len(shown) != len(persons):
        raise UsageError("simulate.product", f"{len(persons)} people need as many lists, not {len(shown)}.")
    found = _respond(world, _people(world, persons), shown, _moments(at, len(persons)), seed)
    return Responses(**{name: values[0] for name, values in vars(found).items()}) if one else found


def _numbers(lists: Sequence[object]) -> Ints:
    rows = [list(shown) for shown in lists if isinstance(shown, Sequence | np.ndarray)]
    if len({len(row) for row in rows}) > 1 or len(rows) != len(lists):
        raise UsageError("simulate.product", 'Lists are sequences of one length; fill shorter ones with "".')
    unknown = {product for row in rows for product in row if product and product not in _NUMBERS}
    if unknown:
        raise UsageError("simulate.product", f"Products are {PRODUCT_IDS[0]} to {PRODUCT_IDS[-1]}.")
    width = len(rows[0]) if rows else 0
    numbers = [[_NUMBERS.get(product, _NOTHING) for product in row] for row in rows]
    return np.array(numbers, dtype=np.int64).reshape(len(rows), width)


def _moments(at: int | datetime | Sequence[int] | Ints, count: int) -> Ints:
    if isinstance(at, datetime):
        if at.tzinfo is None:
            raise UsageError("simulate.moment", "A moment needs a time zone.")
        at = round(at.timestamp()) * SECOND
    moments = np.asarray(at, dtype=np.int64)
    if moments.size not in (1, count):
        raise UsageError("simulate.moment", f"{count} lists need one moment or as many, not {moments.size}.")
    return np.broadcast_to(moments, (count,))


def _people(world: World, ids: Sequence[str]) -> Ints:
    """The people behind ids."""
    wrong = [name for name in ids if name[:1] not in {"U", "P"} or not name[1:].isdecimal()]
    if wrong:
        raise UsageError("simulate.person", "People are users such as U12345678, or P and nine digits.")
    person = np.array([int(name[1:]) for name in ids], dtype=np.int64)
    user = np.array([name[0] == "U" for name in ids], dtype=np.bool_)
    inside = person < np.where(user, world.forms.capacity("users"), PEOPLE)
    person[user & inside] = world.forms.account(person[user & inside])
    honest = person < world.slots
    known = honest | ((person >= FRAUD) & (person < FRAUD + len(world.fraud_chance)))
    known |= ~user & (person >= OPERATOR) & (person < SHOPKEEPER)
    known[honest] &= world.people.is_new(person[honest])
    if not (known & inside).all():
        raise UsageError("simulate.person", "There is nobody of that number in this world.")
    person[honest] = np.where(user[honest], world.people.person(person[honest]), person[honest])
    return person


def _respond(world: World, person: Ints, product: Ints, at: Ints, seed: int) -> Responses:
    dice = world.dice
    moment = (dice.bits("moment of list", person, at, seed) >> np.uint64(2)).astype(np.int64)
    key = (dice.bits("product of list", moment[:, None], product) >> np.uint64(2)).astype(np.int64)
    trait = traits(dice, person)
    chance, kind = _intentions(world, person, trait)
    wished = wish(dice, trait.income, moment) * np.exp(0.4 * chance)
    liked = liking(dice, person[:, None], wished[:, None], np.maximum(product, 0))
    position = np.arange(product.shape[1], dtype=np.int64)
    click = (product >= 0) & dice.chance("clicks", clicked(position, liked), key)
    wants = click & dice.chance("applies", applied(liked), key)
    takes = wants & (np.cumsum(wants, axis=1) == 1)
    row = np.nonzero(takes)[0]
    asked = statement(
        dice,
        trait.take(row),
        wished=wished[row],
        product=product[takes],
        chance=chance[row],
        age=world.identities.age(person[row] % OUTSIDER),
        channel=np.full(len(row), APP, dtype=np.int64),
        when=at[row],
        key=key[takes],
    )
    odds = chances(asked, chance[row], visible(kind[row]), world.happenings.stricter(asked))
    fraud = dice.chance("fraud", odds.fraud, asked_key := key[takes])
    yes = approval(dice, odds, fraud, asked_key)
    paid = yes & disbursement(dice, odds, fraud, asked_key)
    cents = np.where(yes, granted(dice, odds, asked, asked_key), 0.0).astype(np.int64)
    late = paid & overdue(dice, odds, fraud, asked_key)
    return Responses(
        clicked=click,
        applied=takes,
        approved=_spread(takes, yes),
        disbursed=_spread(takes, paid),
        overdue=_spread(takes, late),
        amount=_spread(takes, cents),
    )


def _spread(places: Flags, values: NDArray[T]) -> NDArray[T]:
    whole = np.zeros(places.shape, dtype=values.dtype)
    whole[places] = values
    return whole


def _intentions(world: World, person: Ints, trait: Traits) -> tuple[Floats, Ints]:
    """How likely people do not mean to pay, and the kind of what they take part in."""
    chance = chance_of_fraud(trait.ability, trait.intent, night=False, shop=False)
    kind = np.full(len(person), NONE, dtype=np.int64)
    member = np.flatnonzero((person >= FRAUD) & (person < OUTSIDER))
    chance[member] = world.fraud_chance[person[member] - FRAUD]
    kind[member] = world.fraud_kind[person[member] - FRAUD]
    operator = np.flatnonzero(person >= OPERATOR)
    chance[operator], kind[operator] = LONE_CHANCE, LONE
    return chance, kind
