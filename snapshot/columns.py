"""The graph's facts as columns in the order of facts: what every feature is computed from, online and offline.

Offline they hold everything, from a snapshot; online only the neighbourhood of one application, from one statement.
The same kernels run over both, so a feature has one definition and one implementation.

The order of facts is total: `known_at`, then `seq`, then the key, then application before event. Undated facts are not
here: they serve rings and screens, never features. Positions of targets are places in that order, so *before* is `<`
on integers, and nothing needs to compare times again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

I8 = NDArray[np.int8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max
"""A moment (µs) that does not come: `hub_at` of what is no hub."""
MISSING = np.iinfo(np.int64).min
"""A number that is not known. Never NaN: sums stay integral, and what is missing is said."""
UNKNOWN = -1
"""A code that is not known."""


SUMMARY = ("applications", "users", "newcomers", "busiest_hour")
"""What a hub's summary of a day says: applications, different users, share of users never seen on it before, share of
applications in its busiest hour."""


@dataclass(frozen=True)
class Summaries:
    """What hubs of one type were like on closed days; those of identifier `x` are `start[x]:start[x + 1]`, by day."""

    start: I64
    """(k + 1)"""
    known_at: I64
    """(s) µs: when the job that made it finished; a point sees those before it."""
    values: F64
    """(s, len(SUMMARY))"""


@dataclass(frozen=True)
class Relation:
    """Links from targets to identifiers of one type (or to users), grouped by identifier, in the order of facts.

    `n` targets, `k` identifiers, `m` links. Links `start[x]` to `start[x + 1]` are those of identifier `x`.
    """

    label: str
    start: I64
    """(k + 1)"""
    target: I32
    """(m) Position of the application or event that the link leads from."""
    role: I8
    """(m) Place of the role in `roles`; 0 where the type has none."""
    known_at: I64
    """(m) µs. Later than its target's when an amendment added the link; never earlier."""
    seq: I64
    """(m)"""
    place: I32
    """(m) How many targets come before the link in the order of facts: a link is seen at position `p` when
    `place <= p` and it is not the target's own."""
    hub_at: I64
    """(k) µs: `known_at` of the link that passed `walk`, or `NEVER`."""
    hub_seq: I64
    """(k) `seq` of that link."""
    own_start: I64
    """(n + 1) Links `own[own_start[i]:own_start[i + 1]]` are those of target `i`, in order of role and identifier."""
    own: I64
    """(m) Index of the link in the arrays above."""
    identifier: I32
    """(m) The identifier of the link: `start[identifier[j]] <= j < start[identifier[j] + 1]`."""
    code: I64
    """(k) The identifier's persistent code."""
    roles: tuple[str, ...] = ("",)
    summaries: Summaries | None = None
    """None when no day of this type's hubs was ever summarised."""


@dataclass(frozen=True)
class Outcomes:
    """Outcomes by target, in the order of facts; those of target `i` are `start[i]:start[i + 1]`."""

    start: I64
    """(n + 1)"""
    name: I8
    """(o) Place in `names`."""
    value: F64
    known_at: I64
    """(o) µs"""
    seq: I64
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Memberships:
    """Rings of applications over the finished runs; those of target `i` are `start[i]:start[i + 1]`."""

    start: I64
    """(n + 1)"""
    ring: I32
    since: I32
    """Place of the run in `run_known_at` from which it belonged."""
    until: I32
    """Place of the run from which it no longer did; the number of runs while it does."""
    run_known_at: I64
    """(runs) µs, ascending: a run is known to points after it."""
    state_start: I64
    """(rings + 1) States of ring `r` are `state_start[r]:state_start[r + 1]`, by run."""
    state_run: I32
    """(s) Place of the run that found it so."""
    score: F64
    """(s)"""
    users: I32
    """(s)"""
    listed: Bools
    """(s)"""


@dataclass(frozen=True)
class Columns:
    """Applications and other events in the order of facts, with everything that hangs on them."""

    known_at: I64
    """(n) µs"""
    seq: I64
    event_at: I64
    """(n) µs; `MISSING` where unknown. Data, never a cut."""
    event: Bools
    """(n) False: an application; True: another event."""
    user: I32
    """(n) Code within these columns of the user; `UNKNOWN` where none is known."""
    numbers: Mapping[str, I64]
    """(n) Whole numbers by property (amount_cents, term_months, birth_year, …), `MISSING` where unknown.
    `IdNumber.birth_year` is the property of the identifier that the target came with; of several, the first in order
    of role."""
    texts: Mapping[str, I32]
    """(n) Codes by property (lender, product, channel, sex, region, …), `UNKNOWN` where unknown; `IdNumber.sex`,
    `Phone.region` and the like as above."""
    words: Mapping[str, tuple[str, ...]]
    """What the codes of `texts` stand for; `kind` names the kinds of events."""
    relations: Mapping[str, Relation]
    """By identifier label, and `User`."""
    outcomes: Outcomes
    memberships: Memberships | None = None
    """None when no run of the ring finder has finished."""
    carried: F64 | None = None
    """(n, c) What each application carries of its own point, NaN where it carries nothing; None before the first pass."""
    keys: tuple[str, ...] = field(default=(), repr=False)
    """(n) Names of the targets, where somebody asked for them."""

    @property
    def size(self) -> int:
        """How many targets there are."""
        return len(self.known_at)
