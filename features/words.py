"""The words that features are declared in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.clock import DAY, HOUR, MINUTE, SECOND
from graph_schema import Personal
from snapshot.columns import NEVER

ALL = NEVER
"""The window that holds everything before the point (µs)."""


class Who(StrEnum):
    """Whose rows count."""

    ANY = "any"
    OWN = "own"
    """The application's own user's."""
    OTHER = "other"
    """Everybody else's; a row whose user is unknown is somebody else's."""


class Kernel(StrEnum):
    """What computes a measure."""

    WINDOWS = "windows"
    """Binary searches and prefix sums: no row is looked at but the user's own."""
    SCAN = "scan"
    """Looks at each row, newest first, at most `MOST_ROWS` of an identifier."""
    OUTCOMES = "outcomes"
    """Outcomes of neighbours, in the order in which they became known."""
    RINGS = "rings"
    AGREEMENT = "agreement"
    HUBS = "hubs"
    OWN = "own"
    """The application itself."""


class Takes(StrEnum):
    """What a measure needs to be told."""

    NOTHING = "nothing"
    NUMBER = "number"
    """A column of whole numbers, or several: a variant each."""
    TEXT = "text"
    """A column of texts, or several."""
    TWO_NUMBERS = "two numbers"
    TWO_TEXTS = "two texts"
    TARGET = "target"
    """An outcome's name, or several."""
    CARRIED = "carried"
    """A feature that applications carry, or several."""
    LABEL = "label"
    """An identifier type, or several."""
    SUMMARY = "summary"
    """A word of a hub's summary."""


@dataclass(frozen=True)
class MeasureType:
    """What a measure is, apart from whose and which rows it is taken of."""

    kernel: Kernel
    code: int
    """How kernels know it."""
    empty: str
    """Its value where there is no row, in words."""
    takes: Takes = Takes.NOTHING
    windowed: bool = False
    timed: str = ""
    """`half_lives` or `within` where it needs such durations."""
    who: tuple[Who, ...] = (Who.ANY,)
    viewed: bool = True
    """Whether it is taken of a view; else of the application itself."""


_BY_WHO = (Who.ANY, Who.OWN, Who.OTHER)
_W, _S, _O, _R, _H, _I = Kernel.WINDOWS, Kernel.SCAN, Kernel.OUTCOMES, Kernel.RINGS, Kernel.HUBS, Kernel.OWN

MEASURES: dict[str, MeasureType] = {
    "count": MeasureType(_W, 0, "0", windowed=True, who=_BY_WHO),
    "sum": MeasureType(_W, 1, "0", Takes.NUMBER, windowed=True, who=_BY_WHO),
    "mean": MeasureType(_W, 2, "null", Takes.NUMBER, windowed=True, who=_BY_WHO),
    "mine_over_mean": MeasureType(_W, 3, "null", Takes.NUMBER, windowed=True, who=_BY_WHO),
    "since_first": MeasureType(_W, 4, "null", who=(Who.ANY, Who.OWN)),
    "since_last": MeasureType(_W, 5, "null", who=_BY_WHO),
    "first_sight": MeasureType(_W, 6, "1"),
    "own_share": MeasureType(_W, 7, "null", windowed=True),
    "users": MeasureType(_S, 0, "0", windowed=True, who=(Who.ANY, Who.OTHER)),
    "distinct": MeasureType(_S, 1, "0", Takes.TEXT, windowed=True),
    "least": MeasureType(_S, 2, "null", Takes.NUMBER, windowed=True),
    "most": MeasureType(_S, 3, "null", Takes.NUMBER, windowed=True),
    "same_share": MeasureType(_S, 4, "null", Takes.TEXT, windowed=True),
    "equal_share": MeasureType(_S, 5, "null", Takes.NUMBER, windowed=True),
    "gap_mean": MeasureType(_S, 6, "null"),
    "gap_spread": MeasureType(_S, 7, "null"),
    "gap_least": MeasureType(_S, 8, "null"),
    "burst": MeasureType(_S, 9, "1", timed="within"),
    "decayed": MeasureType(_S, 10, "0", timed="half_lives"),
    "decayed_sum": MeasureType(_S, 11, "0", Takes.NUMBER, timed="half_lives"),
    "decayed_same": MeasureType(_S, 12, "null", Takes.TEXT, timed="half_lives"),
    "carried_mean": MeasureType(_S, 13, "null", Takes.CARRIED),
    "carried_most": MeasureType(_S, 14, "null", Takes.CARRIED),
    "known": MeasureType(_O, 0, "0", Takes.TARGET, windowed=True),
    "positives": MeasureType(_O, 1, "0", Takes.TARGET, windowed=True),
    "rate": MeasureType(_O, 2, "null", Takes.TARGET, windowed=True),
    "smoothed": MeasureType(_O, 3, "the declared prior", Takes.TARGET, windowed=True),
    "since_positive": MeasureType(_O, 4, "null", Takes.TARGET),
    "rings": MeasureType(_R, 0, "0"),
    "ring_listed": MeasureType(_R, 1, "0"),
    "ring_score": MeasureType(_R, 2, "null"),
    "ring_users": MeasureType(_R, 3, "null"),
    "ring_rows": MeasureType(_R, 4, "0"),
    "agreement": MeasureType(Kernel.AGREEMENT, 0, "null", Takes.LABEL),
    "given": MeasureType(_H, 0, "–"),
    "hub": MeasureType(_H, 1, "–"),
    "summary": MeasureType(_H, 2, "null", Takes.SUMMARY),
    "number": MeasureType(_I, 0, "–", Takes.NUMBER, viewed=False),
    "text": MeasureType(_I, 1, "–", Takes.TEXT, viewed=False),
    "number_missing": MeasureType(_I, 2, "–", Takes.NUMBER, viewed=False),
    "text_missing": MeasureType(_I, 3, "–", Takes.TEXT, viewed=False),
    "ratio": MeasureType(_I, 4, "–", Takes.TWO_NUMBERS, viewed=False),
    "difference": MeasureType(_I, 5, "–", Takes.TWO_NUMBERS, viewed=False),
    "differs": MeasureType(_I, 6, "–", Takes.TWO_TEXTS, viewed=False),
    "years_since": MeasureType(_I, 7, "–", Takes.NUMBER, viewed=False),
    "hour": MeasureType(_I, 8, "–", viewed=False),
    "weekday": MeasureType(_I, 9, "–", viewed=False),
    "delay": MeasureType(_I, 10, "–", viewed=False),
    "place_differs": MeasureType(_I, 11, "–", Takes.TWO_TEXTS, viewed=False),
    "repeated": MeasureType(_H, 3, "–"),
}
"""Every measure by its name."""

MOST_ROWS = 1_000
"""Rows of one identifier that a scan looks at, newest first: the default of `walk`, so more are met only where a type
is declared with a wider one, and in the history of one user."""
MOST_CARRIED = 16


@dataclass(frozen=True)
class View:
    """A relation as an application sees it: through its own links of one role, at others' links of one role."""

    name: str
    relation: str
    """Label of the identifier type, or `User`."""
    en: str
    zh: str
    mine: str = ""
    """Role of the application's link; empty: any."""
    theirs: str = ""
    """Role of the others' links; empty: any."""


@dataclass(frozen=True)
class Sentences:
    """What a person reads of a value, in English and Chinese; `{value}`, `{view}`, `{window}`, `{column}` and
    `{target}` are filled in."""

    en: str
    zh: str


@dataclass(frozen=True)
class Definition:
    """A feature, once; windows, views, columns, targets and durations make its variants."""

    name: str
    family: str
    measure: str
    description: str
    unit: str
    staff: Sentences
    applicant: Sentences | None
    """None: never said to applicants."""
    dtype: str = "float"
    """float, integer, boolean or category."""
    personal: Personal = Personal.NONE
    views: tuple[str, ...] = ()
    rows: str = "application"
    """`application`, `event`, `event:KIND` or `any`."""
    who: Who = Who.ANY
    windows: tuple[int, ...] = ()
    """µs, ascending."""
    columns: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    durations: tuple[int, ...] = ()
    """µs: half-lives of what fades, or how long a burst may last."""
    prior: float = 0.0
    weight: float = 0.0
    """A smoothed rate is (positives + weight · prior) / (known + weight): declared, never fitted."""

    @property
    def type(self) -> MeasureType:
        """What its measure is."""
        return MEASURES[self.measure]


@dataclass(frozen=True)
class Variant:
    """One column of features."""

    name: str
    of: Definition
    view: View | None = None
    window: int = ALL
    column: str = ""
    """Column, carried feature, word of a summary, or target."""
    duration: int = 0


def span(moment: int) -> str:
    """`7d` for a window or half-life in µs; `all` for everything."""
    if moment == ALL:
        return "all"
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s")):
        if moment % unit == 0:
            return f"{moment // unit}{letter}"
    return f"{moment}us"
