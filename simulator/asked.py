"""What people ask lenders for, and what they state about themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.clock import SECOND
from simulator.dice import Dice, Floats, Ints
from simulator.hours import MINUTE
from simulator.identities import Identities
from simulator.lenders import LENDER_OF, PRODUCTS, TERMS, of_lenders, of_products
from simulator.sheet import BUILDING, BUST, Sheet
from simulator.taste import chosen, wish
from simulator.traits import Traits, traits

_LEAST, _MOST = of_products("least"), of_products("most")
_NOTES_MINUTES = of_lenders("to_the_minute") == 1
_SHAPE = of_products("shape")
_STAGE_WISH = np.array([1.0, 0.35, 2.5])
"""Wishes by stage of a bust-out: little while the history is built, then much."""
_NEVER = -1e6


@dataclass(frozen=True)
class Asked:
    """What the applications of a sheet ask for, and what lenders see of the applicants."""

    product: Ints
    lender: Ints
    wished: Floats
    """Yuan, whatever the product gives."""
    amount: Ints
    """Whole yuan."""
    term: Ints
    """Months."""
    income: Ints
    """Stated monthly income, cents."""
    debt: Ints
    """Stated monthly payments on other debts, cents."""
    ability: Floats
    """How well the applicant can pay as it shows; standard normal for honest people."""
    intent: Floats
    """How much the applicant means to pay, fraud aside."""
    age: Floats
    """Years, by the identity number."""
    channel: Ints
    submitted: Ints
    """µs UTC as the lender notes it: whole seconds or whole minutes."""

    def __len__(self) -> int:
        return len(self.product)


def ask(dice: Dice, identities: Identities, sheet: Sheet) -> Asked:
    """The product, amount, term and statements of each application."""
    person = traits(dice, sheet.person)
    wished = wish(dice, person.income, sheet.key) * _STAGE_WISH[sheet.stage] * np.exp(0.4 * sheet.chance)
    return statement(
        dice,
        person,
        wished=wished,
        product=chosen(dice, sheet.person, wished, sheet.key, _by_stage(sheet.stage)),
        chance=sheet.chance,
        age=identities.age(sheet.identity),
        channel=sheet.channel,
        when=sheet.when,
        key=sheet.key,
    )


def statement(
    dice: Dice,
    person: Traits,
    *,
    wished: Floats,
    product: Ints,
    chance: Floats,
    age: Floats,
    channel: Ints,
    when: Ints,
    key: Ints,
) -> Asked:
    """What people who wish for so much (yuan) state when they ask for a product; fraud (`chance`) looks better."""
    lender = LENDER_OF[product]
    amount = np.clip(wished, _LEAST[product], _MOST[product]) // 100 * 100
    income = person.income * np.exp(0.12 * chance)
    return Asked(
        product=product,
        lender=lender,
        wished=wished,
        amount=amount.astype(np.int64),
        term=TERMS[product, dice.pick("term", TERMS.shape[1], key)],
        income=(income / 50).astype(np.int64) * 50 * 100,
        debt=(person.debt * (1.0 - 0.6 * chance) / 10).astype(np.int64) * 10 * 100,
        ability=person.ability + 0.3 * chance,
        intent=person.intent,
        age=age,
        channel=channel,
        submitted=noted(when, lender),
    )


def noted(when: Ints, lender: Ints) -> Ints:
    """Moments as lenders note them."""
    return np.where(_NOTES_MINUTES[lender], when // MINUTE * MINUTE, when // SECOND * SECOND)


def _by_stage(stage: Ints) -> Floats:
    """Small products while a history is built, the others when it is cashed in."""
    barred = np.zeros((3, len(PRODUCTS)))
    barred[BUILDING, _SHAPE > 0] = _NEVER
    barred[BUST, _SHAPE == 0] = _NEVER
    rows: Floats = barred[stage]
    return rows
