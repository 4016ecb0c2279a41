"""How each kind of ring works, as data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.dice import Floats, Ints
from simulator.sheet import (
    AGENT_LED,
    BUST_OUT,
    COLLUSIVE_EMPLOYER,
    DEVICE_FARM,
    IDENTITY_THEFT,
    LONE,
    SIM_FARM,
)


@dataclass(frozen=True)
class Habit:
    """How rings of a kind work. `…_share`: share of users that use the ring's pool; the others use own.

    `…_users`: how many users one thing of the pool serves.
    """

    kind: int
    weight: float
    size: float
    """Median number of applications."""
    days: float
    """Median days from first to last."""
    tool_days: float
    """Tools are changed about so often."""
    per_user: float
    """Applications a user makes."""
    batch: int
    """Applications made in one sitting."""
    fraud: float
    """Mean probability of fraud of its applications; of a bust-out: of those after the history was built."""
    operators: int
    """People who really act; 0: each user is a person."""
    caught: float
    """How visible it is to lenders' own checks: part of the share of fraud that a lender catches."""
    device_share: float = 0.0
    device_users: int = 1
    ip_share: float = 0.0
    ip_users: int = 1
    sim_share: float = 0.0
    """Own numbers from a block of SIM cards that the ring bought."""
    sim_users: int = 1
    contact_share: float = 0.0
    contact_users: int = 1
    card_share: float = 0.0
    card_users: int = 1
    employer_share: float = 0.0
    employer_users: int = 1
    real_employer: float = 0.0
    """Share of rings whose employers are real firms with somebody inside; the others' exist on paper."""
    address_share: float = 0.0
    address_users: int = 1
    stolen: float = 0.0
    """Share of identities stolen from customers."""
    agent: float = 0.0
    """Share of applications that come in through an agent."""


HABITS = (
    Habit(
        DEVICE_FARM, weight=0.23, size=11, days=12, tool_days=9, per_user=1.25, batch=4, fraud=0.95, operators=2,
        caught=1.0, device_share=0.9, device_users=6, ip_share=0.5, ip_users=8, contact_share=0.35,
        contact_users=8, card_share=0.3, card_users=5, employer_share=0.5, employer_users=12,
        address_share=0.25, address_users=7,
    ),
    Habit(
        SIM_FARM, weight=0.18, size=13, days=18, tool_days=12, per_user=1.2, batch=3, fraud=0.93, operators=2,
        caught=0.9, device_share=0.5, device_users=4, ip_share=0.5, ip_users=9, sim_share=0.9, sim_users=3,
        contact_share=0.75, contact_users=7, card_share=0.25, card_users=5, employer_share=0.3,
        employer_users=10,
    ),
    Habit(
        IDENTITY_THEFT, weight=0.19, size=8, days=35, tool_days=20, per_user=1.4, batch=2, fraud=0.95,
        operators=1, caught=0.7, device_share=0.65, device_users=4, ip_share=0.5, ip_users=6, sim_share=0.3,
        sim_users=2, contact_share=0.3, contact_users=5, card_share=0.75, card_users=5, address_share=0.3,
        address_users=6, stolen=0.25,
    ),
    Habit(
        AGENT_LED, weight=0.17, size=15, days=40, tool_days=25, per_user=1.15, batch=3, fraud=0.7, operators=0,
        caught=0.6, device_share=0.5, device_users=9, ip_share=0.6, ip_users=12, contact_share=0.65,
        contact_users=12, card_share=0.1, card_users=4, employer_share=0.75, employer_users=14, agent=0.7,
    ),
    Habit(
        COLLUSIVE_EMPLOYER, weight=0.11, size=13, days=50, tool_days=30, per_user=1.1, batch=1, fraud=0.8,
        operators=0, caught=0.5, device_share=0.25, device_users=5, ip_share=0.15, ip_users=6,
        contact_share=0.35, contact_users=8, card_share=0.2, card_users=5, employer_share=0.97,
        employer_users=400, real_employer=0.4, address_share=0.4, address_users=15,
    ),
    Habit(
        BUST_OUT, weight=0.12, size=16, days=100, tool_days=60, per_user=2.6, batch=2, fraud=0.94, operators=0,
        caught=0.3, device_share=0.4, device_users=6, ip_share=0.4, ip_users=10, contact_share=0.45,
        contact_users=10, card_share=0.38, card_users=6, address_share=0.38, address_users=6,
    ),
)  # fmt: skip


def habit_values(name: str) -> Floats:
    """One number of the habits, by kind of ring; 0 for kinds that are no ring."""
    values = np.zeros(1 + max(habit.kind for habit in HABITS))
    for habit in HABITS:
        values[habit.kind] = getattr(habit, name)
    return values


def visible(kind: Ints) -> Floats:
    """How visible the fraud of applications is to lenders' own checks; fraud of no ring is as visible as can be."""
    return np.where(kind > LONE, habit_values("caught")[kind], 1.0)
