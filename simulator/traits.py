"""What people are like with money: how well they can pay, how much they mean to, what they earn and owe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.dice import Dice, Floats, Ints

MEDIAN_INCOME = 7_700.0
"""Yuan a month."""
INDEBTED = 0.6


@dataclass(frozen=True)
class Traits:
    """A row a person."""

    ability: Floats
    """How well they can pay; standard normal."""
    intent: Floats
    """How much they mean to; standard normal."""
    income: Floats
    """Yuan a month."""
    debt: Floats
    """Yuan a month paid on other debts."""

    def take(self, rows: Ints) -> Traits:
        """These rows, in this order."""
        return Traits(self.ability[rows], self.intent[rows], self.income[rows], self.debt[rows])


def traits(dice: Dice, person: Ints) -> Traits:
    """Traits of people, for good."""
    ability = dice.normal("ability", person)
    income = MEDIAN_INCOME * np.exp(0.4 * ability + 0.15 * dice.normal("income", person))
    burden = np.minimum(0.8, np.exp(-1.7 - 0.3 * ability + 0.6 * dice.normal("debt", person)))
    indebted = dice.chance("indebted", INDEBTED, person)
    return Traits(ability, dice.normal("intent", person), income, np.where(indebted, burden * income, 0.0))
