"""Lines of a file in bounded memory, decoded one by one so that one bad line costs one line."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

LINE_BYTES = 1 << 20
"""A line longer than this is refused: no row is, and a file without line ends must not fill the memory."""

TOO_LONG = "line.too_long"
NOT_DECODED = "line.encoding"

Line = tuple[int, str, str | None]
"""(number from 1, text without its end, reason it is refused or None)."""


def lines(stream: BinaryIO, encoding: str) -> Iterator[Line]:
    """Every line of `stream`; a byte-order mark is left out, a line that cannot be had carries its reason."""
    number = 0
    while raw := stream.readline(LINE_BYTES):
        number += 1
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if len(raw) >= LINE_BYTES and not raw.endswith(b"\n"):
            while (more := stream.readline(LINE_BYTES)) and not more.endswith(b"\n"):
                pass
            yield number, "", TOO_LONG
            continue
        try:
            yield number, raw.decode(encoding).rstrip("\r\n"), None
        except UnicodeDecodeError:
            yield number, "", NOT_DECODED
