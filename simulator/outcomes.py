"""What becomes of applications, and when somebody learns it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from core.clock import DAY, SECOND
from simulator.asked import Asked
from simulator.chances import OVERDUE_IF_FRAUD, TAKES_IF_FRAUD, Chances
from simulator.dice import Dice, Flags, Floats, Ints
from simulator.hours import HOUR, MINUTE
from simulator.lenders import of_lenders
from simulator.sheet import Sheet

TARGETS = ("fraud", "approval", "disbursement", "overdue", "amount")
FRAUD, APPROVAL, DISBURSEMENT, OVERDUE, AMOUNT = range(len(TARGETS))

REVIEWED, REVIEWED_IF_FRAUD = 0.3, 0.55
CLEARED_AFTER = 92
"""Days after disbursement at which a loan without trouble counts as no fraud."""
OVERDUE_AFTER = 60
"""Days after disbursement at which the first instalment is thirty days late."""
_AUTOMATIC, _PAYOUT = of_lenders("automatic"), of_lenders("payout_hours")


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


def outcomes(dice: Dice, sheet: Sheet, asked: Asked, chance: Chances) -> Outcomes:
    """The outcomes of a sheet: in order of applications, then of targets."""
    key, fraud = sheet.key, sheet.fraud
    decided = asked.submitted + _decision_time(dice, key, asked.lender)
    approved = approval(dice, chance, fraud, key)
    paid_out = approved & disbursement(dice, chance, fraud, key)
    paid_at = decided + HOUR + _whole(dice.exponential("payout", _PAYOUT[asked.lender] * HOUR, key))
    seconds = (1 + dice.pick("notice", 60, key)) * SECOND
    everything = np.arange(len(sheet), dtype=np.int64)
    yes, paid = np.flatnonzero(approved), np.flatnonzero(paid_out)
    paid_known = paid_at + _whole(dice.exponential("bank's notice", 6 * HOUR, key))
    late = overdue(dice, chance, fraud, key)
    cents = granted(dice, chance, asked, key)
    return _joined(
        _fraud(dice, sheet, decided, paid_out, paid_at),
        _one(APPROVAL, everything, approved, decided, decided + seconds),
        _one(DISBURSEMENT, yes, paid_out[yes], paid_at[yes], paid_known[yes]),
        _overdue(dice, sheet, paid, late, paid_at),
        _one(AMOUNT, yes, cents[yes], decided[yes], (decided + seconds)[yes]),
    )


def approval(dice: Dice, chance: Chances, fraud: Flags, key: Ints) -> Flags:
    """Whether each application is approved."""
    return dice.chance("approval", np.where(fraud, chance.approval_if_fraud, chance.approval_if_honest), key)


def disbursement(dice: Dice, chance: Chances, fraud: Flags, key: Ints) -> Flags:
    """Whether the money of each approved application is taken."""
    return dice.chance("takes it", np.where(fraud, TAKES_IF_FRAUD, chance.disbursement_if_honest), key)


def overdue(dice: Dice, chance: Chances, fraud: Flags, key: Ints) -> Flags:
    """Whether the first instalment of each disbursed loan was thirty days late."""
    return dice.chance("overdue", np.where(fraud, OVERDUE_IF_FRAUD, chance.overdue_if_honest), key)


def granted(dice: Dice, chance: Chances, asked: Asked, key: Ints) -> Floats:
    """Cents each approved application is granted: the whole amount, or a part in whole hundreds of yuan."""
    whole = dice.chance("granted whole", chance.granted_whole, key)
    part = np.maximum(np.rint(asked.amount * chance.granted_part / 100), 1) * 100
    return np.asarray(np.where(whole, asked.amount, part) * 100.0, dtype=np.float64)


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


def _whole(duration: Floats) -> Ints:
    """Whole seconds, as µs."""
    return (duration / SECOND).astype(np.int64) * SECOND


def _decision_time(dice: Dice, key: Ints, lender: Ints) -> Ints:
    """Minutes by machine, up to days by hand."""
    machine = dice.chance("decided by machine", _AUTOMATIC[lender], key)
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


def _overdue(dice: Dice, sheet: Sheet, row: Ints, late: Flags, paid_at: Ints) -> Outcomes:
    event_at = paid_at[row] + OVERDUE_AFTER * DAY
    next_morning = (event_at + 2 * HOUR) // DAY * DAY + (
        22 + dice.pick("batch run", 4, sheet.key[row])
    ) * HOUR
    return _one(OVERDUE, row, late[row], event_at, next_morning)
