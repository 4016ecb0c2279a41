"""`docs/codes.md`, read from `scoring/adverse.toml`: `python -m tests.house.codes` writes it anew."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "codes.md"
HEAD = """\
# What an applicant is told

Codes stay what they are; their words have no parameter, so that nobody else can be in them. Each reason of the deciding model has the
code of its feature's measure, else of its family; one whose feature has no value that of why it has none: left out (A02), too little
known (A08), shared by too many (A07), an income or a term of 0 (A01), the graph away (A90). A rule of a policy that declines names
a code itself (`code = "A90"` where it reads a list, of which no other code says what is so). Written by
`python -m tests.house.codes`.

| code | English | 中文 | features |
|---|---|---|---|
"""
KINDS = {
    "families": "{}",
    "own": "of one's own earlier applications: {}",
    "others": "compared with others: {}",
    "measures": "by measure: {}",
}


def document() -> str:
    """The text that the document must have."""
    return HEAD + "\n".join(_rows()) + "\n"


def _rows() -> Iterator[str]:
    for one in tomllib.loads((ROOT / "scoring" / "adverse.toml").read_text("utf-8"))["code"]:
        of = (words.format(", ".join(one[kind])) for kind, words in KINDS.items() if kind in one)
        yield f"| {one['code']} | {one['en']} | {one['zh']} | {'; '.join(of)} |"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
