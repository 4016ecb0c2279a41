"""A ring as a picture (PNG) that can go into a report: masked labels, a shape, a colour and a letter for each type."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from core.clock import DAY, iso
from rings.layout import Place, places
from rings.ring_graph import APPLICATION, USER, RingGraph, RingNode
from rings.view import TARGET

DPI = 160
LARGEST = 8_000
"""Dots on the longer side, at most."""
MARGIN = 0.75
HEAD, FOOT, LEGEND, ROW = 0.95, 0.5, 3.0, 0.38
LEAST_HEIGHT, LEAST_WIDTH = 3.0, 6.0
"""All in inches."""
LONGEST_LABEL = 18
INK, QUIET, FRAUD = "#1f2a30", "#5c6a72", "#b71c1c"
FONTS = ("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei",
         "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC", "SimHei")  # fmt: skip
"""The first that has a character draws it."""


@dataclass(frozen=True)
class Glyph:
    """How a type is drawn: letters on a marker of matplotlib's, `size` points across."""

    name: str
    letter: str
    marker: str | tuple[Place, ...]
    colour: str
    size: float = 19.0


_WIDE = ((-1.0, -0.65), (1.0, -0.65), (1.0, 0.65), (-1.0, 0.65), (-1.0, -0.65))
_SLANTED = ((-1.0, -0.65), (0.6, -0.65), (1.0, 0.65), (-0.6, 0.65), (-1.0, -0.65))
GLYPHS = {
    USER: Glyph("User", "U", "o", "#37474f", 19),
    APPLICATION: Glyph("Application", "A", "s", "#2f66a3", 13),
    "Device": Glyph("Device", "D", "D", "#6a3d9a", 18),
    "Phone": Glyph("Phone", "P", "H", "#00695c", 22),
    "IpAddress": Glyph("IP address", "IP", "p", "#8d5a00", 23),
    "BankCard": Glyph("Bank card", "C", "8", "#ad1457", 21),
    "IdNumber": Glyph("Identity number", "ID", _SLANTED, "#4e342e", 22),
    "Address": Glyph("Address", "H", "^", "#33691e", 23),
    "Employer": Glyph("Employer", "E", _WIDE, "#1a237e", 22),
    "Email": Glyph("E-mail", "@", "d", "#006064", 24),
}
OTHERS = ("#5d4037", "#455a64", "#7b1fa2", "#9e4700")
"""Colours of the types that mappings declare; each shows the first two letters of its name."""
HUB = Glyph("Hub", "", "o", "#e3e7e9", 30)


def picture(ring_graph: RingGraph) -> bytes:
    """The ring as a PNG, sized to its content; the same graph on the same machine gives the same bytes."""
    drawn = _Drawing(ring_graph)
    out = io.BytesIO()
    with mpl.rc_context({"font.family": _families(), "text.parse_math": False}):
        figure = drawn.figure()
        dpi = min(DPI, LARGEST / max(figure.get_size_inches()))
        figure.savefig(out, format="png", dpi=dpi, metadata={"Software": None})
    return out.getvalue()


def glyph_of(type_: str) -> Glyph:
    """How the type `type_` is drawn."""
    known = GLYPHS.get(type_)
    if known is not None:
        return known
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", type_)
    return Glyph(words.capitalize(), type_[:2], "s", OTHERS[sum(type_.encode()) % len(OTHERS)], 21)


def title(ring_graph: RingGraph) -> tuple[str, str]:
    """The heading, and a line of figures: score, members, span of days, money at risk."""
    ring = ring_graph.ring
    parts = [
        f"score {ring.score:.2f}" + ("" if ring.listed else " (not listed)"),
        f"{_counted(ring.applications, 'application')} of {_counted(ring.users, 'user')}",
    ]
    if ring.first_at is not None and ring.last_at is not None:
        days = ring.last_at // DAY - ring.first_at // DAY + 1
        parts.append(f"{_day(ring.first_at)} to {_day(ring.last_at)} ({_counted(days, 'day')})")
    parts.append(f"{ring.at_risk_cents / 100:,.2f} at risk")
    state = "" if ring.dissolved_run is None else f", dissolved in run {ring.dissolved_run}"
    return f"Ring {ring.key}{state}", "   ·   ".join(parts)


def footer(ring_graph: RingGraph) -> str:
    """What was left out, and of when the picture is."""
    shown, total = len(ring_graph.nodes), ring_graph.total.nodes
    cut = f"Showing {shown:,} of {total:,} nodes. " if ring_graph.cut else ""
    return f"{cut}Outcomes known by {(iso(ring_graph.as_of) or '')[:16].replace('T', ' ')} UTC. Identifiers are masked."


class _Drawing:
    """One picture in the making."""

    def __init__(self, ring_graph: RingGraph) -> None:
        self.ring_graph = ring_graph
        self.nodes = {node.id: node for node in ring_graph.nodes}
        self.places = places(ring_graph)
        self.applications: dict[str, list[str]] = {}
        for edge in ring_graph.edges:
            if self.nodes[edge.target].type == APPLICATION:
                self.applications.setdefault(edge.source, []).append(edge.target)
        self.prefix = _common_source([node.key for node in ring_graph.of_type(USER)])
        self.legend = self._legend()

    def figure(self) -> Figure:
        """The whole: heading, graph, legend, footer."""
        xs = [x for x, _ in self.places.values()] or [0.0]
        ys = [y for _, y in self.places.values()] or [0.0]
        inner = max(max(xs) - min(xs) + 2 * MARGIN, LEAST_WIDTH)
        high = max(max(ys) - min(ys) + 2 * MARGIN, ROW * (len(self.legend) + 1), LEAST_HEIGHT)
        size = (inner + LEGEND, high + HEAD + FOOT)
        figure = Figure(figsize=size, facecolor="white")
        graph = figure.add_axes((0, FOOT / size[1], inner / size[0], high / size[1]))
        middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
        _scaled(graph, middle, inner, high)
        self._edges(graph)
        self._nodes(graph)
        key = figure.add_axes((inner / size[0], FOOT / size[1], LEGEND / size[0], high / size[1]))
        _scaled(key, (LEGEND / 2, -high / 2), LEGEND, high)
        self._key(key)
        heading, figures = title(self.ring_graph)
        down = 1 / size[1]
        figure.text(0.3 / size[0], 1 - 0.42 * down, heading, size=15, weight="bold", color=INK)
        figure.text(0.3 / size[0], 1 - 0.72 * down, figures, size=10, color=INK)
        figure.text(0.3 / size[0], 0.2 * down, footer(self.ring_graph), size=8, color=QUIET)
        return figure

    def _edges(self, axes: Axes) -> None:
        applied = {e.source for e in self.ring_graph.edges if self.nodes[e.target].type == APPLICATION}
        through = self._named_by_applications()
        groups: dict[tuple[str, float, str], list[tuple[Place, Place]]] = {}
        for edge in self.ring_graph.edges:
            target = self.nodes[edge.target]
            if edge.source in applied and (edge.source, edge.target) in through:
                continue  # an event that says again what an application said
            if target.type == APPLICATION:
                style = (INK, 1.6, "-")
            elif target.is_hub:
                style = ("#b4bdc2", 0.7, ":")
            else:
                style = (glyph_of(target.type).colour, 1.0, "-")
            groups.setdefault(style, []).append((self.places[edge.source], self.places[edge.target]))
        for (colour, width, dash), lines in groups.items():
            axes.add_collection(
                LineCollection(lines, colors=colour, linewidths=width, linestyles=dash, alpha=0.75, zorder=1)
            )

    def _named_by_applications(self) -> set[tuple[str, str]]:
        """Pairs of a user and an identifier that an application of theirs named."""
        owners: dict[str, list[str]] = {}
        for edge in self.ring_graph.edges:
            if self.nodes[edge.target].type == APPLICATION:
                owners.setdefault(edge.target, []).append(edge.source)
        return {
            (user, edge.target)
            for edge in self.ring_graph.edges
            for user in owners.get(edge.source, ())
            if self.nodes[edge.target].type != APPLICATION
        }

    def _nodes(self, axes: Axes) -> None:
        for node in self.nodes.values():
            x, y = self.places[node.id]
            if node.is_hub:
                _hub(axes, x, y, f"{node.properties['links']:,}", glyph_of(node.type))
            else:
                _mark(axes, x, y, glyph_of(node.type), node.properties.get(TARGET))
            if text := self._label(node):
                bold = "normal" if node.type == USER else "bold"
                _write(axes, *self._label_place(node), text, size=7, weight=bold)

    def _label_place(self, node: RingNode) -> Place:
        """Below an identifier; of a user on the side that their applications leave free, or below all of them."""
        x, y = self.places[node.id]
        if node.type != USER:
            return x, y - (0.36 if node.is_hub else glyph_of(node.type).size / 144 + 0.16)
        apps = [self.places[app] for app in self.applications.get(node.id, ())]
        away = glyph_of(USER).size / 144 + 0.1
        for side in (-1, 1):
            if all(abs(ax - x) > 0.5 or (ay - y) * side < 0.06 for ax, ay in apps):
                return x, y + side * away
        return x, min(y, *(ay for _, ay in apps)) - away

    def _label(self, node: RingNode) -> str:
        if node.type == APPLICATION:
            return ""
        if node.type == USER:
            return _short(node.key.removeprefix(self.prefix))
        if node.is_hub:
            return f"{_short(node.label)}\n{_counted(int(node.properties['users']), 'user')} here"
        return f"{_short(node.label)}\n{_counted(int(node.properties['users']), 'user')}"

    def _legend(self) -> list[tuple[Glyph, float | None, str]]:
        """`(glyph, outcome, words)` of every kind of node in the picture."""
        rows: list[tuple[Glyph, float | None, str]] = []
        total = self.ring_graph.total.by_type
        for type_ in dict.fromkeys(node.type for node in self.ring_graph.nodes):
            nodes, glyph = self.ring_graph.of_type(type_), glyph_of(type_)
            if type_ != APPLICATION:
                rows.append((glyph, None, f"{glyph.name}: {_of(len(nodes), total.get(type_, 0))}"))
                continue
            known = [node.properties.get(TARGET) for node in nodes]
            for outcome, words in (
                (1.0, "known fraud"),
                (0.0, "known as no fraud"),
                (None, "outcome not known"),
            ):
                count = sum(_is_fraud(one) == _is_fraud(outcome) for one in known)
                if count:
                    rows.append((glyph, outcome, f"Application, {words}: {count:,}"))
        if any(node.is_hub for node in self.ring_graph.nodes):
            rows.append((HUB, None, "Hub: links of everybody;\nit ties nobody"))
        return rows

    def _key(self, axes: Axes) -> None:
        for place, (glyph, outcome, words) in enumerate(self.legend):
            y = -ROW * (place + 0.75)
            if glyph is HUB:
                _hub(axes, 0.3, y, "n", None)
            else:
                _mark(axes, 0.3, y, glyph, outcome)
            _write(axes, 0.58, y, words, size=8.5, ha="left")


def _scaled(axes: Axes, middle: Place, width: float, height: float) -> None:
    """An inch of the axes is an inch of the figure."""
    axes.set_xlim(middle[0] - width / 2, middle[0] + width / 2)
    axes.set_ylim(middle[1] - height / 2, middle[1] + height / 2)
    axes.set_axis_off()


def _is_fraud(outcome: object) -> bool | None:
    return outcome > 0 if isinstance(outcome, int | float) else None


def _mark(axes: Axes, x: float, y: float, glyph: Glyph, outcome: object) -> None:
    """The glyph of a node; an application known as fraud is red and crossed, one known as none is hollow."""
    fraud = _is_fraud(outcome)
    fill, ink = (FRAUD if fraud else glyph.colour), "white"
    if fraud is False:
        fill, ink = "white", glyph.colour
    axes.plot(
        *([x], [y]),
        marker=glyph.marker,
        markersize=glyph.size,
        markerfacecolor=fill,
        markeredgecolor=glyph.colour if fraud is False else "white",
        markeredgewidth=1.2,
        zorder=3,
    )
    if fraud:
        axes.plot(
            [x], [y], marker="x", markersize=glyph.size * 1.35, color=FRAUD, markeredgewidth=2.2, zorder=2.5
        )
    axes.text(x, y, glyph.letter, size=glyph.size * 0.42, weight="bold", color=ink, **_CENTRED)


def _hub(axes: Axes, x: float, y: float, count: str, glyph: Glyph | None) -> None:
    """Two circles around the number of links; its type's letter above."""
    colour = glyph.colour if glyph else QUIET
    for size, width in ((HUB.size, 1.4), (HUB.size - 6, 0.8)):
        axes.plot(
            *([x], [y]),
            marker="o",
            markersize=size * (1 if glyph else 0.7),
            markerfacecolor=HUB.colour,
            markeredgecolor=colour,
            markeredgewidth=width,
            zorder=3,
        )
    axes.text(x, y, count, size=6.5, weight="bold", color=INK, **_CENTRED)
    if glyph:
        _write(axes, x, y + 0.3, glyph.name, size=7, weight="bold")


_CENTRED: dict[str, Any] = {"ha": "center", "va": "center_baseline", "zorder": 4, "clip_on": False}


def _write(
    axes: Axes, x: float, y: float, text: str, *, size: float, weight: str = "normal", ha: str = "center"
) -> None:
    """Text in the middle of its place, lines and all; what no font here can draw is a box."""
    text = "".join(c if c == "\n" or ord(c) in _drawable() else "□" for c in text)
    halo = [withStroke(linewidth=2.2, foreground="white")]
    style: dict[str, Any] = {"size": size, "weight": weight, "ha": ha, "path_effects": halo}
    axes.text(x, y, text, va="center", color=INK, linespacing=1.05, zorder=5, **style)


@cache
def _families() -> list[str]:
    there = set(font_manager.get_font_names())
    return [name for name in FONTS if name in there]


@cache
def _drawable() -> frozenset[int]:
    """Characters that some font here can draw."""
    paths = [font_manager.findfont(name) for name in _families()]
    return frozenset(code for path in paths for code in font_manager.get_font(path).get_charmap())


def _common_source(keys: Sequence[str]) -> str:
    """The namespace that all keys begin with, its colon included; empty when they differ."""
    sources = {key.partition(":")[0] + ":" if ":" in key else "" for key in keys}
    return sources.pop() if len(sources) == 1 else ""


def _short(text: str) -> str:
    """Text with its middle left out where it is long."""
    if len(text) <= LONGEST_LABEL:
        return text
    half = (LONGEST_LABEL - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _of(shown: int, total: int) -> str:
    return f"{shown:,}" if shown >= total else f"{shown:,} of {total:,}"


def _day(moment: int) -> str:
    return (iso(moment) or "")[:10]
