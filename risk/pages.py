"""What reports are made of: one HTML file that needs nothing beside it, tables, and plots within it."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1d2430}
table{border-collapse:collapse;margin:1em 0}td,th{padding:.25em .7em;border-bottom:1px solid #d5dae2;text-align:right}
td:first-child,th:first-child{text-align:left}img{max-width:100%}h2{margin-top:2em}.limits li{margin:.4em 0}"""
INK, GREY = "#2457a6", "#999"


def page(title: str, sections: Sequence[str]) -> str:
    """The whole file."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{STYLE}</style><h1>{html.escape(title)}</h1>" + "\n".join(sections) + "</html>\n"
    )


def section(title: str, *parts: str) -> str:
    """A heading and what follows it; parts are HTML."""
    return f"<h2>{html.escape(title)}</h2>" + "".join(parts)


def text(told: str) -> str:
    """A paragraph."""
    return f"<p>{html.escape(told)}</p>"


def items(told: Sequence[str]) -> str:
    """A list of sentences."""
    return '<ul class="limits">' + "".join(f"<li>{html.escape(one)}</li>" for one in told) + "</ul>"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Numbers with four decimals, counts with commas, NaN as a dash."""
    top = "".join(f"<th>{html.escape(one)}</th>" for one in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_shown(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><tr>{top}</tr>{body}</table>"


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return "–" if np.isnan(cell) else f"{cell:,.4f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def image(figure: Any, alt: str) -> str:
    """A matplotlib figure within the page."""
    figure.tight_layout()
    held = io.BytesIO()
    figure.savefig(held, format="png", dpi=80, metadata={"Software": None})
    data = base64.b64encode(held.getvalue()).decode()
    return f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{data}">'
