"""What comes after an application: links added to it, what became of it, and other events. Each arrives as a fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import UsageError
from loaders.arrive import Arrival
from risk import targets
from scoring.request import (
    Field,
    Given,
    InvalidError,
    Sent,
    Using,
    arrival_of,
    digest_of,
    require_id,
    require_impersonal,
    require_tied,
)

LARGEST_VALUE = 1e15


def event_of(sent: Sent, using: Using) -> Arrival:
    """Another event: a sign-up, a login. Raises as `arrival_of` and `require_tied`."""
    made = arrival_of(replace(sent, label="Event"), using)
    require_tied(made)
    return made


def amendments_of(source: str, id_: str, identifiers: Sequence[Given], using: Using) -> list[Arrival]:
    """Links that are added to an application, one each; nothing that it came with goes. Raises as `arrival_of`."""
    made = arrival_of(Sent(source, id_, identifiers=tuple(identifiers)), using)
    found = []
    for one in made.named:
        kind = using.schema.identifier(one.label)
        key = "|".join([made.key, one.key, *([one.role] if kind.roles and one.role else [])])
        found.append(
            Arrival(
                kind.relationship,
                key,
                digest_of([kind.relationship, key]),
                {"event_at": None},
                None,
                (one,),
                made.key,
            )
        )
    return found


@dataclass(frozen=True)
class Told:
    """What became of an application."""

    source: str
    application: str
    """Its id within the source."""
    target: str
    value: float
    """1 or 0; of an amount cents."""
    id: str | None = None
    """Of the outcome; None: of the first one of this target."""
    event_at: int | None = None
    """µs"""


def outcome_of(told: Told, using: Using) -> Arrival:
    """What became of an application; a correction is another outcome, with an id of its own. Raises as `arrival_of`."""
    about = arrival_of(Sent(told.source, told.application, event_at=told.event_at), using)
    name = f"{told.application}#{told.target}" if told.id is None else told.id
    wrong: list[Field] = []
    require_id(name, "id", wrong)
    require_impersonal(told.id, "id", wrong)
    amounts = {one.outcome for one in targets().values() if one.amount}
    if told.target in amounts:
        fine = 0 <= told.value <= LARGEST_VALUE and float(told.value).is_integer()
    else:
        fine = told.value in (0, 1)
    if not fine:
        wrong.append(Field("value", "value.range", "0 or 1; of an amount whole cents."))
    if wrong:
        raise InvalidError(
            "facts.invalid", "Fields of the fact are not as they should be; see `errors`.", fields=wrong
        )
    key, value = f"{told.source}:{name}", float(told.value)
    own = {
        "key": key,
        "source": told.source,
        "id": name,
        "target": told.target,
        "value": value,
        "event_at": told.event_at,
    }
    return Arrival(
        "Outcome", key, digest_of([about.key, told.target, value, told.event_at]), own, about=about.key
    )


def require_target(target: str, known: Sequence[str]) -> None:
    """Raise `UsageError` (`facts.target`) unless it is a target."""
    known = list(dict.fromkeys(known))
    if target not in known:
        raise UsageError("facts.target", f"There is no target of this name; there are {', '.join(known)}.")
