"""Keyed hashes: what stands in the graph instead of a raw identifier."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from core.errors import UsageError
from core.secrets import secret_file
from core.settings import Settings

_BLOCK = 64
_SEPARATOR = "\x1f"
_HEX_CHARS = 32
_SLICE = 1 << 16


@dataclass(frozen=True)
class Hasher:
    """Hashes with one key; two hashers agree exactly when their `key_id` does."""

    key: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Eight hex digits that name the key and say nothing about it."""
        return hashlib.sha256(b"fingraph key id" + self.key).hexdigest()[:8]

    def keys(self, label: str, scope: str, values: pl.Series) -> pl.Series:
        """Keys of canonical values: 32 hex characters (String) a row, null for null.

        A key is HMAC-SHA-256 (RFC 2104) of label, scope and value, U+001F between them, cut to 128 bits:
        among a billion values two meet with a probability of 1e-21. `scope` is the source for identifiers
        that count within it, else empty. Raises `UsageError` (`hash.name`) when label or scope could be
        mistaken for a value's beginning.
        """
        prefix = _prefix(label, scope)
        slices = (values.slice(start, _SLICE).to_list() for start in range(0, len(values), _SLICE))
        parts = [pl.Series(list(self._hexed(prefix, part)), dtype=pl.String) for part in slices]
        return pl.concat(parts) if parts else pl.Series(dtype=pl.String)

    def key_of(self, label: str, scope: str, value: str) -> str:
        """As `keys`, of one value."""
        (key,) = self._hexed(_prefix(label, scope), [value])
        return str(key)

    def _hexed(self, prefix: bytes, values: Iterable[str | None]) -> Iterator[str | None]:
        # The two passes of HMAC by hand: copying hash states that have the padded key (and the prefix) behind
        # them halves the cost of `hmac.new(...).copy()`.
        key = self.key if len(self.key) <= _BLOCK else hashlib.sha256(self.key).digest()
        padded = key.ljust(_BLOCK, b"\0")
        inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + prefix).copy
        outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded)).copy
        for value in values:
            if value is None:
                yield None
                continue
            first, second = inner(), outer()
            first.update(value.encode())
            second.update(first.digest())
            yield second.hexdigest()[:_HEX_CHARS]


def _prefix(label: str, scope: str) -> bytes:
    if _SEPARATOR in label or _SEPARATOR in scope:
        raise UsageError("hash.name", "A label or source holds a control character; rename it.")
    return f"{label}{_SEPARATOR}{scope}{_SEPARATOR}".encode()


def load_hasher(settings: Settings) -> Hasher:
    """The hasher of this home: the settings' key, else `<home>/secrets/hash.key`, made at first use.

    Raises `UsageError` (`hash.key`) when the key is not 64 hex digits, and `IncompatibleError`
    (`secrets.permissions`) when others could read the file.
    """
    if settings.hash_key is not None:
        return Hasher(_key(settings.hash_key, "FINGRAPH_HASH_KEY"))
    path = settings.secrets / "hash.key"
    return Hasher(_key(secret_file(path, lambda: secrets.token_hex(32)), str(path)))


def _key(text: str, where: str) -> bytes:
    if re.fullmatch(r"[0-9A-Fa-f]{64}", text) is None:
        raise UsageError(
            "hash.key",
            f"The hashing key in {where} must be 64 hex digits.",
            hints=("Put back the key that the graph was made with; a new one finds nothing in it.",),
        )
    return bytes.fromhex(text)
