"""Every reason a row or a link can be refused for, in words that say what to do."""

from __future__ import annotations

from loaders.convert import CONVERSION_REASONS
from loaders.normalise import REASONS as NORMALISER_REASONS

REASONS: dict[str, str] = {
    **NORMALISER_REASONS,
    **CONVERSION_REASONS,
    "line.too_long": "a line of more than 1 MiB; are the line ends missing?",
    "line.encoding": "not text in the declared encoding; set reads.encoding",
    "csv.fields": "more or fewer fields than the header; check the delimiter and the quotes",
    "csv.nul": "a NUL byte; the file is damaged or no text",
    "csv.quote": "a quoted field goes on after its closing quote; double the quotes inside it",
    "csv.unclosed_quote": "a quote that does not close",
    "json.object": "no JSON object",
    "id.missing": "an empty id",
    "id.invalid": "an id of more than 200 characters, or with control characters",
    "time.missing": "an empty time where the row needs one",
    "order.missing": "an empty order column",
    "value.missing": "an empty value where the row needs one",
    "month.format": "no month such as 2026-01",
    "lookup.missing": "a reference that the lookup file does not hold",
    "relation.self": "a relation of a user to itself",
    "reference.missing": "a reference to something that is not in the graph; load that first, or check the id",
}
