"""A sheet of applications as integers: who, when, and the keys of everything they name."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from simulator.dice import Flags, Floats, Ints, Words

KIND_BITS = 25
HONEST, FRAUD, OUTSIDER, KIN, OPERATOR, SHOPKEEPER = (kind << KIND_BITS for kind in range(6))
"""People are integers: a base that tells their kind, and an index below 2^25.

Honest customers, members of rings and lone fraudsters' identities, people outside who are only called, kin of
customers who never applied, operators behind rings, keepers of agent shops."""
PEOPLE = 6 << KIND_BITS

FRAUD_KEY = 1 << 40
"""Draw keys of fraudulent applications start here; an honest application's key is its slot."""

APP, WEB, AGENT, PARTNER = range(4)
CHANNELS = ("app", "web", "agent", "partner")

KINDS = (
    "none",
    "opportunist",
    "lone",
    "device_farm",
    "sim_farm",
    "identity_theft",
    "agent_led",
    "collusive_employer",
    "bust_out",
)
NONE, OPPORTUNIST, LONE, DEVICE_FARM, SIM_FARM, IDENTITY_THEFT, AGENT_LED, COLLUSIVE_EMPLOYER, BUST_OUT = (
    range(9)
)
ORDINARY, BUILDING, BUST = range(3)
"""Stages of a bust-out: small loans that are repaid, then large ones that are not."""
ROLES = ("organiser", "mule", "member", "client")
ORGANISER, MULE, MEMBER, CLIENT = range(4)
INNOCENCE = (
    "household",
    "agent_shop",
    "resold_device",
    "recycled_phone",
    "second_account",
    "dormitory",
    "office",
)
HOUSEHOLD, AGENT_SHOP, RESOLD_DEVICE, RECYCLED_PHONE, SECOND_ACCOUNT, DORMITORY, OFFICE = range(7)
NOBODY = -1


@dataclass
class Sheet:
    """Applications in order of time; a row each in every array."""

    when: Ints
    """µs UTC, whole seconds."""
    key: Ints
    """Names the application in draws."""
    account: Ints
    """The user: base of the kind and index."""
    person: Ints
    """Whose income and ability it shows."""
    true_person: Ints
    """Who really sits behind it."""
    first: Flags
    """Whether it is the account's first."""
    identity: Ints
    """Person whose identity number is given."""
    phone: Ints
    contact: Ints
    """Keys of telephone numbers."""
    city: Ints
    employer: Ints
    """Index of the employer within the city."""
    address: Ints
    """Key of the address."""
    card: Ints
    mail: Ints
    """Person whose e-mail is given; -1: none."""
    device: Words
    own_device: Words
    ip: Ints
    home_ip: Ints
    channel: Ints
    ring: Ints
    """-1: none."""
    since: Ints
    """When the user joined the ring, µs UTC."""
    stage: Ints
    kind: Ints
    role: Ints
    """-1: none."""
    innocence: Ints
    """Why an honest application shares something; -1: it does not by design."""
    chance: Floats
    """True probability of fraud."""
    fraud: Flags

    def __len__(self) -> int:
        return len(self.when)

    def take(self, rows: Ints) -> Sheet:
        """These rows, in this order."""
        return Sheet(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def merged(honest: Sheet, fraud: Sheet) -> Sheet:
    """Both in order of time; at equal times the honest first."""
    both = Sheet(
        **{f.name: np.concatenate([getattr(honest, f.name), getattr(fraud, f.name)]) for f in fields(Sheet)}
    )
    return both.take(np.argsort(both.when, kind="stable"))
