"""One application feature by feature: the value, what it means in words, and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np

from core.errors import NotFoundError, UsageError
from features.catalogue import Catalogue
from features.compute import Prepared
from features.lines import kept_targets
from features.spoken import agreeing, column, spoken
from features.words import ALL, Kernel, Variant, Who, span
from snapshot.columns import I64, NEVER, Columns, Relation
from snapshot.log import columns_of, log_of, only
from snapshot.places import outcome_places

MOST_LISTED = 20


@dataclass(frozen=True)
class Rows:
    """Targets behind a value, newest first; `cut` says that there are more."""

    items: tuple[str, ...]
    cut: bool


@dataclass(frozen=True)
class Explained:
    """A feature of one application."""

    name: str
    family: str
    value: float | str | None
    unit: str
    en: str
    zh: str
    rows: Rows

    def as_dict(self) -> dict[str, object]:
        """The feature as one JSON object."""
        return asdict(self)


def position_of(columns: Columns, key: str) -> int:
    """The position of the application of that key; the columns must bring keys.

    Raises `NotFoundError` (`features.no_application`).
    """
    for p in np.flatnonzero(np.array(columns.keys, dtype=object) == key):
        if not columns.event[p]:
            return int(p)
    raise NotFoundError("features.no_application", "There is no such application in these columns.")


def moved(columns: Columns, position: int, moment: int) -> tuple[Columns, int]:
    """The columns as if the application came at `moment` (µs), after every fact known by then; and its position.

    Raises `UsageError` (`features.as_of`) for a moment before it came.
    """
    if moment < columns.known_at[position]:
        raise UsageError("features.as_of", "The application was not known yet then; name a later moment.")
    log = log_of(columns)
    point = (columns.known_at[position], columns.seq[position])
    known_at, seq = columns.known_at.copy(), columns.seq.copy()
    known_at[position], seq[position] = moment, NEVER
    links = {}
    for label, rows in log.links.items():
        mine = (rows.target == position) & (rows.known_at == point[0]) & (rows.seq == point[1])
        links[label] = replace(
            rows, known_at=np.where(mine, moment, rows.known_at), seq=np.where(mine, NEVER, rows.seq)
        )
    made = columns_of(replace(log, known_at=known_at, seq=seq, links=links))
    return made, int(np.searchsorted(made.known_at, moment, "right")) - 1


def around(columns: Columns, position: int) -> tuple[Columns, int]:
    """The columns of those whom the application meets, and of those whom they met: enough for what is carried.

    Its features, and what its neighbours carry, are those of all columns.
    """
    met = _met(columns, np.array([position]))
    targets = np.union1d(_met(columns, met), met)
    targets = targets[targets <= position]
    return columns_of(only(log_of(columns), targets)), len(targets) - 1


def _met(columns: Columns, targets: I64) -> I64:
    """These targets and those that they share an identifier with which was no hub for one of them."""
    found = [targets]
    for relation in columns.relations.values():
        for p in targets:
            mine = relation.own[relation.own_start[p] : relation.own_start[p + 1]]
            for x in relation.identifier[mine]:
                if (columns.known_at[p], columns.seq[p]) <= (relation.hub_at[x], relation.hub_seq[x]):
                    found.append(relation.target[relation.start[x] : relation.start[x + 1]].astype(np.int64))
    return np.unique(np.concatenate(found)).astype(np.int64)


def explain(
    prepared: Prepared, catalogue: Catalogue, position: int, most: int = MOST_LISTED
) -> list[Explained]:
    """Every feature of the application at a position, in the order of the plan, with at most `most` rows each.

    For staff: rows name other people's applications. Raises `NotFoundError` (`features.no_application`) where the
    position is none of an application.
    """
    columns = prepared.columns
    if not 0 <= position < columns.size or columns.event[position]:
        raise NotFoundError("features.no_application", "There is no such application in these columns.")
    frame = prepared.block(np.array([position])).frame()
    return [
        _explained(columns, catalogue, variant, frame[variant.name][0], position, most)
        for variant in prepared.plan.variants
    ]


def _explained(
    columns: Columns,
    catalogue: Catalogue,
    variant: Variant,
    value: float | str | None,
    position: int,
    most: int,
) -> Explained:
    places = list(rows_behind(columns, variant, position))
    places.sort(reverse=True)
    items = tuple(columns.keys[p] if columns.keys else str(p) for p in places[:most])
    one = variant.of
    return Explained(
        variant.name, one.family, value, one.unit, sentence(variant, value, "en"), sentence(variant, value, "zh"),
        Rows(items, len(places) > most),
    )  # fmt: skip


def sentence(variant: Variant, value: float | str | None, language: str, *, applicant: bool = False) -> str:
    """What a person reads of a value; an applicant reads nothing ("") of what is about others."""
    told = variant.of.applicant if applicant else variant.of.staff
    if told is None:
        return ""
    view = "" if variant.view is None else getattr(variant.view, language)
    said, what = spoken(variant, value, language), column(variant, language)
    words: str = getattr(told, language)
    found = words.replace("{value}" + said.unit, "{value}").format(
        value=said.value,
        view=view,
        window=_window(variant.window, language),
        duration=span(variant.duration),
        column=what,
        target=what,
    )
    found = agreeing(found, variant, value, language)
    return found[0].upper() + found[1:]


def _window(window: int, language: str) -> str:
    return span(window) if window != ALL else {"en": "all time", "zh": "全部时间"}[language]


def rows_behind(columns: Columns, variant: Variant, position: int) -> Iterator[int]:
    """Positions of the targets that a value is taken of: a target met twice is there twice."""
    if variant.view is None or variant.of.type.kernel is Kernel.HUBS:
        return
    relation = columns.relations.get(variant.view.relation)
    if relation is None:
        return
    kept = kept_targets(columns, variant.of.rows)
    now = int(columns.known_at[position])
    for j in _visible(columns, relation, variant, position):
        q = int(relation.target[j])
        if (kept is not None and not kept[q]) or (
            variant.view.theirs and _role(relation, j) != variant.view.theirs
        ):
            continue
        if variant.of.type.kernel is Kernel.OUTCOMES:
            if _outcome_seen(columns, q, variant.column, position):
                yield q
        elif _whose(columns, variant.of.who, position, q) and now - relation.known_at[j] <= variant.window:
            yield q


def _role(relation: Relation, link: int) -> str:
    return relation.roles[int(relation.role[link])]


def _visible(columns: Columns, relation: Relation, variant: Variant, position: int) -> I64:
    """Links of others seen through the identifiers that the application named and that are no hubs."""
    view = variant.view
    point = (columns.known_at[position], columns.seq[position])
    mine = relation.own[relation.own_start[position] : relation.own_start[position + 1]]
    named = [
        j
        for j in mine
        if relation.place[j] <= position and (not view or view.mine in ("", _role(relation, j)))
    ]
    found = [np.empty(0, dtype=np.int64)]
    for x in dict.fromkeys(int(relation.identifier[j]) for j in named):
        if point > (relation.hub_at[x], relation.hub_seq[x]):
            continue
        links = np.arange(relation.start[x], relation.start[x + 1])
        found.append(links[(relation.place[links] <= position) & (relation.target[links] != position)])
    return np.concatenate(found)


def _whose(columns: Columns, who: Who, position: int, q: int) -> bool:
    own = columns.user[position] >= 0 and columns.user[position] == columns.user[q]
    return who is Who.ANY or bool(own) == (who is Who.OWN)


def _outcome_seen(columns: Columns, q: int, name: str, position: int) -> bool:
    known = columns.outcomes
    if name not in known.names:
        return False
    mine = slice(known.start[q], known.start[q + 1])
    places = outcome_places(columns.known_at, columns.seq, known.known_at[mine], known.seq[mine])
    return bool(((known.name[mine] == known.names.index(name)) & (places <= position)).any())
