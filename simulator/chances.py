"""How likely each outcome of an application is: the true probabilities that models are to find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.asked import Asked
from simulator.dice import Floats, logistic
from simulator.lenders import CHANNEL_WEIGHTS, of_lenders, of_products
from simulator.traits import MEDIAN_INCOME

EASY = 1.6
"""Logit of approval of an ordinary applicant before the lender's own rules."""
TAKES_IF_FRAUD, OVERDUE_IF_FRAUD = 0.97, 0.92
YOUNG, OLD = 25, 52

_STRICT = of_lenders("strict")
_INCOME, _DEBT = of_lenders("income"), of_lenders("debt")
_YOUNG, _OLD = of_lenders("young"), of_lenders("old")
_CATCHES = of_lenders("catches")
_PRODUCT = of_products("strictness")
_RATE = of_products("yearly_rate")


@dataclass(frozen=True)
class Chances:
    """True probabilities. `…_if_honest`, `…_if_fraud`: given whether the application is fraud."""

    fraud: Floats
    approval_if_honest: Floats
    approval_if_fraud: Floats
    disbursement_if_honest: Floats
    """Given approval."""
    overdue_if_honest: Floats
    """Given disbursement."""
    granted_whole: Floats
    """Given approval: the whole amount is granted."""
    granted_part: Floats
    """Share of the amount that is granted otherwise."""

    @property
    def approval(self) -> Floats:
        """Approval."""
        return self.approval_if_honest * (1 - self.fraud) + self.approval_if_fraud * self.fraud

    @property
    def disbursement(self) -> Floats:
        """Disbursement, given approval."""
        fraud = self.fraud * self.approval_if_fraud / self.approval
        return self.disbursement_if_honest * (1 - fraud) + TAKES_IF_FRAUD * fraud

    @property
    def overdue(self) -> Floats:
        """Overdue, given disbursement."""
        honest = (1 - self.fraud) * self.approval_if_honest * self.disbursement_if_honest
        fraud = self.fraud * self.approval_if_fraud * TAKES_IF_FRAUD
        return (self.overdue_if_honest * honest + OVERDUE_IF_FRAUD * fraud) / (honest + fraud)

    @property
    def granted(self) -> Floats:
        """Expected share of the amount asked for, given approval."""
        return self.granted_whole + (1 - self.granted_whole) * self.granted_part


def chances(asked: Asked, fraud: Floats, caught: Floats, stricter: Floats | float = 0.0) -> Chances:
    """The chances of applications.

    `fraud`: probability of fraud; `caught`: how visible its fraud is to lenders' own checks (0 … 1);
    `stricter`: taken off the logit of approval.
    """
    lender, product = asked.lender, asked.product
    wish = np.log(asked.amount * 100 / np.maximum(asked.income, 1))
    burden = asked.debt / np.maximum(asked.income, 1)
    logit = EASY + asked.ability + 0.15 * asked.intent - 0.4 * wish - _STRICT[lender] - _PRODUCT[product]
    logit += _INCOME[lender] * np.log(np.maximum(asked.income, 1) / (100 * MEDIAN_INCOME))
    logit -= _DEBT[lender] * burden + CHANNEL_WEIGHTS[lender, asked.channel]
    logit -= _YOUNG[lender] * (asked.age < YOUNG) + _OLD[lender] * (asked.age > OLD)
    approval = logistic(logit - stricter)
    whole = logistic(0.8 + 0.6 * asked.ability + 0.1 * asked.intent - 0.7 * wish - 1.5 * burden)
    part = np.exp(-0.3 + 0.15 * asked.ability - 0.2 * np.maximum(wish, 0.0) - 0.3 * burden)
    part = np.clip(part, 0.2, 0.9)
    little = (1 - whole) * (1 - part)
    late = -2.9 - 0.7 * asked.ability - 0.4 * asked.intent + 0.4 * wish + 1.5 * burden
    return Chances(
        fraud=fraud,
        approval_if_honest=approval,
        approval_if_fraud=approval * (1.0 - _CATCHES[lender] * caught),
        disbursement_if_honest=logistic(
            2.2 - 0.2 * asked.intent - 2.5 * little - 8.0 * (_RATE[product] - 0.2)
        ),
        overdue_if_honest=logistic(late),
        granted_whole=whole,
        granted_part=part,
    )
