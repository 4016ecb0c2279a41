"""What an audit row may hold: names, digests, counts and moments, never a value of personal data."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import UsageError

Value = str | int | bool | None
Params = Mapping[str, Value | Sequence[Value]]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/-]{0,119}")
_DIGEST = re.compile(r"hmac-sha256:[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
_ACTION = re.compile(r"[a-z_]+(\.[a-z_]+)+")
_OBJECT = re.compile(r"[a-z_]+(/[!-.0-~]{1,128}){0,3}")
_COUNT_MOST = 10_000_000
"""Below the shortest phone number with its area: a count, not a number that names somebody."""
_PARAMS_MOST, _LIST_MOST = 20, 100


@dataclass(frozen=True)
class Entry:
    """What somebody did.

    `actor` is a key's id (or `local` for a command on the machine), `action` dotted words (`key.create`), `object`
    a kind with up to three parts after it (`ring/R-17`, `application/lender/A-9`; percent-encode what is not
    ASCII). `params` hold names, keyed digests (`digest_of`), counts, booleans and ISO moments, or lists of them.
    Raises `UsageError` (`audit.entry`, `audit.params`), which names the param and never quotes it.
    """

    actor: str
    action: str
    object: str
    params: Params = field(default_factory=dict)

    def __post_init__(self) -> None:
        fits = (
            _NAME_OR_ID.fullmatch(self.actor),
            _ACTION.fullmatch(self.action),
            _OBJECT.fullmatch(self.object),
        )
        if not all(fits) or len(self.actor) > 80 or len(self.action) > 80:
            raise UsageError(
                "audit.entry",
                "An audit entry has an actor's id, an action like `key.create`, an object like `ring/R-17`.",
            )
        if len(self.params) > _PARAMS_MOST:
            raise UsageError("audit.params", f"An audit entry has at most {_PARAMS_MOST} params.")
        for name, value in self.params.items():
            if not _NAME.fullmatch(name) or not _fits(value):
                raise UsageError(
                    "audit.params",
                    f"The audit log takes names, digests, counts and moments only; '{name[:40]}' is none of them.",
                )

    def params_text(self) -> str:
        """The params as canonical JSON: sorted names, no spaces, ASCII."""
        return canonical(self.params)


_NAME_OR_ID = re.compile(r"[A-Za-z0-9_.:-]{1,80}")


def digest_of(key: bytes, text: str) -> str:
    """HMAC-SHA-256 of `text`, as a param may hold it. Keyed, since what people type can be guessed."""
    return "hmac-sha256:" + hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def canonical(value: object) -> str:
    """JSON with one spelling for one value: sorted names, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _fits(value: object) -> bool:
    if isinstance(value, list | tuple):
        return len(value) <= _LIST_MOST and all(_fits_alone(one) for one in value)
    return _fits_alone(value)


def _fits_alone(value: object) -> bool:
    if isinstance(value, str):
        return any(pattern.fullmatch(value) for pattern in (_NAME, _DIGEST, _MOMENT))
    return value is None or isinstance(value, bool) or (isinstance(value, int) and 0 <= value < _COUNT_MOST)
