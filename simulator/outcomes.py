"""What becomes of applications, and when somebody learns it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from core.clock import DAY, SECOND
from simulator.dice import Dice, Flags, Floats, Ints, logistic
from simulator.hours import HOUR, MINUTE
from simulator.lenders import PRODUCTS, Asked
from simulator.sheet import Sheet

TARGETS = ("fraud", "approval", "disbursement", "overdue", "amount")
FRAUD, APPROVAL, DISBURSEMENT, OVERDUE, AMOUNT = range(len(TARGETS))

AUTOMATIC = 0.75
TAKES_IT = 0.86
REVIEWED, REVIEWED_IF_FRAUD = 0.3, 0.55
CLEARED_AFTER = 92
"""Days after disbursement at which a loan without trouble counts as no fraud."""
OVERDUE_AFTER = 60
"""Days after disbursement at which the first instalment is thirty days late."""
OVERDUE_IF_FRAUD = 0.92
_STRICTNESS = np.array([product.strictness for product in PRODUCTS])


@dataclass(frozen=True)
class Outcomes:
    """Outcomes; `row` points into the sheet, `target` into `TARGETS`."""

    row: Ints
    target: Ints
    value: Floats
    """1 or 0; cents for the target amount."""
    event_at: Ints
    known_at: Ints
    """µs UTC; never before `event_at`."""


def outcomes(dice: Dice, sheet: Sheet, asked: Asked) -> Outcomes:
    """The outcomes of a sheet: in order of applications, then of targets."""
    key = sheet.key
    decided = asked.submitted + _decision_time(dice, key)
    wish = _wish(asked)
    score = (
        1.3 + 0.8 * asked.ability - 0.35 * wish - _STRICTNESS[asked.product] + 0.5 * dice.normal("desk", key)
    )
    approved = dice.chance("approval", logistic(1.2 * score), key)
    paid_out = approved & dice.chance("takes it", TAKES_IT, key)
    paid_at = decided + HOUR + _whole(dice.exponential("payout", 10 * HOUR, key))
    granted = np.minimum(1.0, np.exp(0.25 * asked.ability - 0.3 * np.maximum(wish, 0.0)))
    cents = np.maximum(asked.amount * granted // 100, 5) * 100 * 100
    seconds = (1 + dice.pick("notice", 60, key)) * SECOND
    everything = np.arange(len(sheet), dtype=np.int64)
    yes, paid = np.flatnonzero(approved), np.flatnonzero(paid_out)
    paid_known = paid_at + _whole(dice.exponential("bank's notice", 6 * HOUR, key))
    return _joined(
        _fraud(dice, sheet, decided, paid_out, paid_at),
        _one(APPROVAL, everything, approved, decided, decided + seconds),
        _one(DISBURSEMENT, yes, paid_out[yes], paid_at[yes], paid_known[yes]),
        _overdue(dice, sheet, asked, paid, paid_at),
        _one(AMOUNT, yes, cents[yes], decided[yes], (decided + seconds)[yes]),
    )


def _one(target: int, row: Ints, value: Flags | Floats, event_at: Ints, known_at: Ints) -> Outcomes:
    return Outcomes(
        row, np.full(len(row), target, dtype=np.int64), value.astype(np.float64), event_at, known_at
    )


def _joined(*parts: Outcomes) -> Outcomes:
    whole = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Outcomes)
    }
    order = np.argsort(whole["row"], kind="stable")
    return Outcomes(**{name: values[order] for name, values in whole.items()})


def _wish(asked: Asked) -> Floats:
    """Logarithm of the amount in monthly incomes."""
    return np.asarray(np.log(asked.amount * 100 / np.maximum(asked.income, 1)), dtype=np.float64)


def _whole(duration: Floats) -> Ints:
    """Whole seconds, as µs."""
    return (duration / SECOND).astype(np.int64) * SECOND


def _decision_time(dice: Dice, key: Ints) -> Ints:
    """Minutes by machine, up to days by hand."""
    machine = dice.chance("decided by machine", AUTOMATIC, key)
    mean = np.where(machine, 3 * MINUTE, 14 * HOUR)
    return 20 * SECOND + _whole(np.minimum(dice.exponential("decision", mean, key), 4 * DAY))


def _fraud(dice: Dice, sheet: Sheet, decided: Ints, paid_out: Flags, paid_at: Ints) -> Outcomes:
    """Known for every loan paid out, by default or by time; for the others only where somebody looked."""
    key = sheet.key
    reviewed = dice.chance("reviewed", np.where(sheet.fraud, REVIEWED_IF_FRAUD, REVIEWED), key)
    row = np.flatnonzero(paid_out | reviewed)
    key, fraud, paid = key[row], sheet.fraud[row], paid_out[row]
    found = np.clip(np.exp(3.2 + 0.6 * dice.normal("found after", key)), 3.0, 150.0) * DAY
    after = np.where(fraud, _whole(found), CLEARED_AFTER * DAY)
    review = _whole(HOUR + dice.exponential("review", 3 * DAY, key))
    event_at = np.where(paid, paid_at[row] + after, decided[row] + review)
    report = _whole(
        np.where(paid, 6 * HOUR, HOUR) + dice.exponential("report", np.where(paid, 2 * DAY, DAY), key)
    )
    return _one(FRAUD, row, fraud, event_at, event_at + report)


def _overdue(dice: Dice, sheet: Sheet, asked: Asked, row: Ints, paid_at: Ints) -> Outcomes:
    """Whether the first instalment was thirty days late."""
    key = sheet.key[row]
    honest = logistic(-2.7 - 0.8 * asked.ability[row] + 0.4 * _wish(asked)[row])
    late = dice.chance("overdue", np.where(sheet.fraud[row], OVERDUE_IF_FRAUD, honest), key)
    event_at = paid_at[row] + OVERDUE_AFTER * DAY
    next_morning = (event_at + 2 * HOUR) // DAY * DAY + (22 + dice.pick("batch run", 4, key)) * HOUR
    return _one(OVERDUE, row, late, event_at, next_morning)
