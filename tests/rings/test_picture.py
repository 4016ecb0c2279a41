"""Pictures of rings: what stands where, and what is written."""

from __future__ import annotations

import io
import itertools
import math
import warnings
from dataclasses import replace

import matplotlib.image
import pytest
from ring_graphs import device_farm, node, summary

from graph_schema import FINGRAPH
from rings import RingEdge, RingGraph, RingTotal
from rings.layout import places
from rings.picture import GLYPHS, footer, glyph_of, picture, title

LEAST = 0.2
"""Inches between the middles of two nodes."""


def size(content: bytes) -> tuple[int, int]:
    high, wide, _ = matplotlib.image.imread(io.BytesIO(content)).shape
    return wide, high


def test_a_picture_is_the_same_each_time() -> None:
    assert picture(device_farm(4, hub=True)) == picture(device_farm(4, hub=True))


@pytest.mark.parametrize("users", [2, 3, 12, 95])
def test_nothing_stands_on_anything_else(users: int) -> None:
    farm = device_farm(users, hub=True)
    placed = places(farm)
    assert set(placed) == {n.id for n in farm.nodes}
    near = min(math.dist(a, b) for a, b in itertools.combinations(placed.values(), 2))
    assert near > LEAST


def test_an_application_stands_beside_its_user() -> None:
    farm = device_farm(8)
    placed = places(farm)
    for i in range(8):
        own = math.dist(placed[f"User:s:u{i}"], placed[f"Application:s:a{i}"])
        others = [
            math.dist(placed[f"User:s:u{j}"], placed[f"Application:s:a{i}"]) for j in range(8) if j != i
        ]
        assert own < min(others)


def test_a_hub_stands_apart() -> None:
    placed = places(device_farm(8, hub=True))
    right = max(x for name, (x, _) in placed.items() if not name.startswith("IpAddress"))
    assert placed["IpAddress:ip"][0] > right + 1


def parts() -> RingGraph:
    """Two farms, an application of two users, one of none, one user with a dozen applications."""
    farm = device_farm(3)
    more = [node("User", "s:v"), node("Application", "s:joint"), node("Application", "s:alone")]
    many = [node("Application", f"s:m{i}") for i in range(12)]
    edges = [RingEdge(f"User:{u}", "Application:s:joint", "SUBMITTED", None, None) for u in ("s:v", "s:u0")]
    edges += [RingEdge("User:s:v", one.id, "SUBMITTED", None, None) for one in many]
    nodes = [*farm.nodes, *more, *many, node("User", "s:far")]
    return replace(farm, nodes=nodes, edges=[*farm.edges, *edges])


def test_parts_that_do_not_hang_together_stand_side_by_side() -> None:
    placed = places(parts())
    assert len(placed) == len(parts().nodes)
    assert min(math.dist(a, b) for a, b in itertools.combinations(placed.values(), 2)) > LEAST
    assert size(picture(parts()))[0] > 500


def test_what_no_font_can_draw_and_what_looks_like_a_formula_is_drawn_all_the_same() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for label in ("\U000f0000***", "$x^", "***$a$", "广州***"):
            assert picture(device_farm(3, label=label))


def test_an_empty_graph_is_a_picture() -> None:
    empty = RingGraph(summary(0, 0), [], [], False, RingTotal(0, 0, {}), 0)
    assert picture(empty).startswith(b"\x89PNG")


def test_a_picture_stays_small_enough_to_open() -> None:
    assert max(size(picture(device_farm(300)))) <= 8_000


def test_the_heading_says_what_an_investigator_asks_first() -> None:
    heading, figures = title(device_farm(3))
    assert heading == "Ring rabcdefghij"
    for words in (
        "score 0.91",
        "3 applications of 3 users",
        "2025-02-19 to 2025-02-28 (10 days)",
        "12,345.67 at risk",
    ):
        assert words in figures
    unlisted = replace(device_farm(3), ring=replace(summary(1, 1), listed=False, first_at=None, last_at=None))
    assert "not listed" in title(unlisted)[1]
    assert "1 application of 1 user " in title(unlisted)[1]


def test_what_was_left_out_is_said() -> None:
    farm = device_farm(3)
    assert "Showing" not in footer(farm)
    cut = replace(farm, cut=True, total=RingTotal(4_812, 9_000, farm.total.by_type))
    assert footer(cut).startswith("Showing 7 of 4,812 nodes.")


def test_every_type_has_a_letter_and_a_shape_of_its_own() -> None:
    assert {i.label for i in FINGRAPH.identifiers} <= set(GLYPHS)
    glyphs = list(GLYPHS.values())
    for what in ("letter", "marker", "colour", "name"):
        assert len({getattr(glyph, what) for glyph in glyphs}) == len(glyphs), what


def test_a_declared_type_is_drawn_by_its_name() -> None:
    glyph = glyph_of("CashTerminal")
    assert (glyph.name, glyph.letter) == ("Cash terminal", "Ca")
    assert glyph == glyph_of("CashTerminal")
