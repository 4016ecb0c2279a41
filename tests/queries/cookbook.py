"""What `docs/cookbook.md` tells people to type, with keys in the place of its words in capitals."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

COOKBOOK = (Path(__file__).parents[2] / "docs" / "cookbook.md").read_text(encoding="utf-8")
WORDS = {
    "APPLICATION": "application",
    "USER": "user",
    "OTHER": "other",
    "RING": "ring",
    "DEVICE": "identifier",
}


def blocks(language: str) -> list[str]:
    """Every block of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", COOKBOOK, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Every command."""
    return [line for block in blocks("console") for line in block.splitlines() if line.strip()]


def arguments(command: str, given: dict[str, Any]) -> list[str]:
    """The command's arguments, with keys of `given`."""
    words = shlex.split(command)
    assert words[0] == "fingraph"
    return [
        re.sub(r"\b([A-Z]{4,})\b", lambda word: str(given[WORDS[word[1]]]), word) if word.isascii() else word
        for word in words[1:]
    ]


def parameters(text: str, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters that a Cypher block names."""
    known = {**given, "device": given["identifier"]}
    return {name: known[name] for name in re.findall(r"\$([a-z]+)", text)}
