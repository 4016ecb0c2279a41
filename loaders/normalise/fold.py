"""Text as people write it, folded so that spellings of one thing meet.

Canonical text is NFKC, case-folded (Unicode Standard, section 5.18), with every run of spaces and
punctuation as one space, and without spaces beside Han characters, where they mean nothing. Between digits
the space stays: house 1-2-301 is not house 12-301.
"""

from __future__ import annotations

import re
import unicodedata

import polars as pl

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_APOSTROPHES = "['`\u2018\u2019]"
_SEPARATORS = r"[^\p{L}\p{N}\p{M}]+"
# ASCII, accented Latin, Cyrillic, punctuation, Han: here lower case is folded case and nothing composes.
# Elsewhere case folding and composition have rules that only the loop in `_settled` gets right.
_SIMPLE_CHARACTERS = (
    "\\x00-\\x7f\u00b7\u00c0-\u00de\u00e0-\u012f\u0131-\u0148\u014a-\u017e\u0400-\u045f"
    "\u2010-\u201f\u3001-\u3029\u3400-\u4dbf\u4e00-\u9fff"
)
_SIMPLE = f"^[{_SIMPLE_CHARACTERS}]*$"
_AFTER_HAN = f"([{_HAN}]) "
_BEFORE_HAN = f" ([{_HAN}])"
_ALL_SIMPLE, _ANY_APOSTROPHE = re.compile(_SIMPLE), re.compile(_APOSTROPHES)
_SPACE_AFTER_HAN, _SPACE_BEFORE_HAN = re.compile(_AFTER_HAN), re.compile(_BEFORE_HAN)
_NO_WORD = re.compile(r"[\W_]+")
""" `_SEPARATORS` of simple characters, none of which is a mark."""


def folded(text: pl.Series) -> pl.Series:
    """`text` in its canonical form, row by row; null stays null, mere punctuation becomes empty."""
    column = pl.col("text")
    fast = (
        column.str.to_lowercase()
        .str.replace_all(_APOSTROPHES, "")
        .str.replace_all(_SEPARATORS, " ")
        .str.strip_chars(" ")
        .str.replace_all(_AFTER_HAN, "${1}")
        .str.replace_all(_BEFORE_HAN, "${1}")
    )
    frame = text.to_frame("text").select(fast.alias("fast"), hard=~column.str.contains(_SIMPLE))
    hard = frame["hard"].fill_null(False)
    if not hard.any():
        return frame["fast"]
    return frame["fast"].scatter(hard.arg_true(), [_settled(value) for value in text.filter(hard)])


def folded_one(text: str) -> str | None:
    """As `folded`, of one tidy text of simple characters; None for others."""
    if _ALL_SIMPLE.fullmatch(text) is None:
        return None
    spaced = _NO_WORD.sub(" ", _ANY_APOSTROPHE.sub("", text.lower())).strip(" ")
    return _SPACE_BEFORE_HAN.sub(r"\1", _SPACE_AFTER_HAN.sub(r"\1", spaced))


def case_folded(text: str) -> str:
    """NFKC and case-folded to the point where doing it again changes nothing."""
    while True:
        again = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        if again == text:
            return text
        text = again


def _settled(text: str) -> str:
    """One value folded until it stays: dropping a mark can bring characters together that compose."""
    while True:
        again = re.sub(_APOSTROPHES, "", case_folded(text))
        again = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in again)
        again = re.sub(_BEFORE_HAN, r"\1", re.sub(_AFTER_HAN, r"\1", " ".join(again.split())))
        if again == text:
            return text
        text = again
