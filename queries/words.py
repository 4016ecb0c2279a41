"""The words that questions are written with, and the one meaning of each.

A question's Cypher holds `$$WORD$$` or `$$WORD(argument)$$` where a condition must mean the same everywhere, or where
names come from the graph's schema (a mapping may declare more identifier types). Names are those of validated
declarations; no text of a person's gets into a statement.

| word | stands for |
|---|---|
| `$$LINKS$$` | all relationship types that lead to identifiers, as `USED_DEVICE\\|GAVE_PHONE\\|…` |
| `$$TYPE$$`, `$$LINK$$` | label and relationship type of the identifier type that the parameter `type` names |
| `$$SEEN(x)$$` | the fact x was known before `$as_of`; an undated one always was |
| `$$RECENT(a)$$` | after MATCH: the applications a that became known in the last `$days` days, by the index of times |
| `$$MEMBERS(m, a)$$` | after MATCH: by MEMBER_OF m the applications a of the ring `$ring` in the last run known by `$as_of` |
| `$$MEMBER(m)$$` | the MEMBER_OF m holds in the last run known by `$as_of` |
| `$$LIVING(r)$$` | the ring r lives in that run |
| `$$SCORE(r)$$` | the score that the ring r had in that run |
| `$$OUTCOME(a, t)$$` | latest value known of the outcome t of the application a; null when none is |
| `$$AT_RISK(a)$$` | cents asked for that were neither refused nor are known as lost |
| `$$USES(i)$$` | a subquery: `uses`, the list of `[link, application or event]` of the identifier i, and `hub` |

A hub is never walked: `uses` is empty and `hub` true when i was one by `$as_of` (its `hub_since` says so, or more than
`$walk` of its links are seen), or has more than `$lookback` links today, too many to look back through.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from core.clock import DAY
from core.errors import UsageError
from graph_schema import Identifier, Schema

LOOKBACK = 20
"""Times `walk`: an identifier with more links today is not read, even as of a day before it was a hub."""

_WORD = re.compile(r"\$\$([A-Z_]+)(?:\(([^()$]*)\))?\$\$")


def expand(text: str, schema: Schema, identifier: Identifier | None = None) -> str:
    """`text` as plain Cypher for `schema`, and for the type that the question is asked about, if any.

    Raises `UsageError` (`questions.word`) for a word that is none.
    """

    def meaning(match: re.Match[str]) -> str:
        make = _WORDS.get(match[1])
        if make is None or (match[1] in ("TYPE", "LINK") and identifier is None):
            raise UsageError(
                "questions.word", f"A statement uses the word {match[1]}, which means nothing there."
            )
        return make(schema, identifier, match[2] or "")

    for _ in range(3):  # a word may be written with other words
        text = _WORD.sub(meaning, text)
    return text


def limits(schema: Schema) -> dict[str, dict[str, int]]:
    """`$walk` and `$lookback`: by label, the links up to which an identifier is read."""
    walk = {identifier.label: identifier.walk for identifier in schema.identifiers}
    return {"walk": walk, "lookback": {label: most * LOOKBACK for label, most in walk.items()}}


def _links(schema: Schema, *_: object) -> str:
    return "|".join(identifier.relationship for identifier in schema.identifiers)


def _uses(schema: Schema, _: object, name: str) -> str:
    links = _links(schema)
    degree = f"COUNT {{ ({name})<-[:{links}]-() }}"
    return f"""CALL ({name}) {{
  WITH {name} WHERE ({name}.hub_since IS NULL OR {name}.hub_since >= $as_of)
    AND {degree} <= $lookback[head(labels({name}))]
  MATCH ({name})<-[link:{links}]-(target) WHERE $$SEEN(link)$$ AND $$SEEN(target)$$
  WITH collect([link, target]) AS reached
  WITH reached, coalesce({name}.hub_since < $as_of, false) OR size(reached) > $walk[head(labels({name}))]
    OR {degree} > $lookback[head(labels({name}))] AS hub
  RETURN CASE WHEN hub THEN [] ELSE reached END AS uses, hub
}}"""


def _outcome(_: Schema, __: object, arguments: str) -> str:
    application, target = (part.strip() for part in arguments.split(","))
    return (
        f"head(COLLECT {{ MATCH ({application})-[:HAD_OUTCOME]->(o:Outcome) WHERE o.target = {target} AND $$SEEN(o)$$ "
        "RETURN o.value ORDER BY o.known_at IS NULL, o.known_at DESC, o.seq DESC, o.key LIMIT 1 })"
    )


def _members(_: Schema, __: object, arguments: str) -> str:
    membership, application = (part.strip() for part in arguments.split(","))
    return (
        f"(r:Ring {{key: $ring}})<-[{membership}:MEMBER_OF]-({application}:Application) USING INDEX r:Ring(key) "
        f"WHERE $$MEMBER({membership})$$"
    )


_Word = Callable[[Schema, Identifier | None, str], str]
_WORDS: dict[str, _Word] = {
    "LINKS": _links,
    "TYPE": lambda _, identifier, __: identifier.label if identifier else "",
    "LINK": lambda _, identifier, __: identifier.relationship if identifier else "",
    "SEEN": lambda _, __, fact: f"coalesce({fact}.known_at, 0) < $as_of",
    # The index of times holds seq, too, and is used only where both are asked for. Hints, here and below, because a
    # planner that has counted few applications so far prefers to look at all of them.
    "RECENT": lambda _, __, a: (
        f"({a}:Application) USING INDEX {a}:Application(known_at, seq) "
        f"WHERE {a}.known_at >= $as_of - $days * {DAY} AND {a}.known_at < $as_of AND {a}.seq IS NOT NULL"
    ),
    "MEMBERS": _members,
    "MEMBER": lambda _, __, m: f"({m}.since <= $run AND ({m}.until IS NULL OR {m}.until > $run))",
    "LIVING": lambda _, __, r: (
        f"({r}.born_run <= $run AND ({r}.dissolved_run IS NULL OR {r}.dissolved_run > $run))"
    ),
    "SCORE": lambda _, __, r: (
        f"head(COLLECT {{ MATCH ({r})-[:WAS]->(s:RingState) WHERE s.run <= $run AND (s.until IS NULL OR s.until > $run) "
        "RETURN s.score LIMIT 1 })"
    ),
    "OUTCOME": _outcome,
    "AT_RISK": lambda _, __, a: (
        f"CASE WHEN coalesce($$OUTCOME({a}, 'approval')$$, 1) <= 0 OR coalesce($$OUTCOME({a}, 'fraud')$$, 0) > 0 "
        f"THEN 0 ELSE coalesce({a}.amount_cents, 0) END"
    ),
    "USES": _uses,
}
