"""What is left when identifiers, times and outcomes are taken: plain properties, money, sex, birth year."""

from __future__ import annotations

import re

import polars as pl

from graph_schema import FINGRAPH
from graph_schema.declaration import FACT
from loaders.convert import convert_value
from loaders.draft import words
from loaders.draft.guess import Guess, Role, left_out, told
from loaders.draft.identifiers import long_numbers, mean_length
from loaders.draft.profile import Column
from loaders.mapping.model import Value

_TAKEN = {*(prop.name for prop in FACT), "kind", "lender", "product", "name"}
_DECLARED = {prop.name for label in ("User", "Application") for prop in FINGRAPH.node(label).properties}
_CATEGORIES, _HALF, _LONG = 2_000, 0.5, 60
_BOOLEAN = {"true", "t", "yes", "y", "false", "f", "no", "n"}


def prop(column: Column, taken: set[str]) -> Guess:
    """The property that a column becomes, under a name that is not taken; or why it is left out."""
    found = _special(column, taken) or _private(column)
    if found is not None:
        return found
    type_, about = _type(column)
    if type_ == "string" and not _category(column):
        return left_out(
            column,
            f"{column.distinct:,} different texts in {column.filled:,} rows: they may name or describe a person",
        )
    says: dict[str, object] = {} if type_ == "string" else {"type": type_}
    return _named(
        column, "channel" if column.named(words.CHANNEL) and type_ == "string" else "", taken, about, says
    )


def slug(column: Column) -> str:
    """The column's name as the name of a property."""
    latin = "_".join(re.findall(r"[a-z0-9]+", column.words))
    if not re.search(r"[a-z]", latin):
        latin = next(
            (english for han, english in words.CHINESE.items() if han in column.name),
            f"column_{latin}".strip("_"),
        )
    return (latin if latin[0].isalpha() else f"c_{latin}")[:36]


def _named(column: Column, name: str, taken: set[str], about: str, says: dict[str, object]) -> Guess:
    """A property; its name is made different from those taken and from those the schema means otherwise."""
    declared = bool(name)
    name = name or slug(column)
    if name in _TAKEN or (not declared and name in _DECLARED):
        name = f"{name}_stated"
    described = {} if _letters(slug(column)) == _letters(column.name) else {"description": column.name}
    return Guess(column.name, Role.PROPERTY, told(column, about), _free(name, taken), {**says, **described})


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where it is taken."""
    free, again = name, 2
    while free in taken:
        free, again = f"{name}_{again}", again + 1
    taken.add(free)
    return free


def _special(column: Column, taken: set[str]) -> Guess | None:
    if column.named(words.SEX) and (found := _sex(column)) is not None and "sex" not in taken:
        return _named(column, "sex", taken, *found)
    if (
        column.named(words.MONEY)
        and not column.named(words.NOT_MONEY)
        and column.number
        and _two_decimals(column)
    ):
        return _money(column, taken)
    if column.named(words.TERM) and column.integer and "term_months" not in taken:
        return _named(column, "term_months", taken, "whole numbers; taken as months", {"type": "integer"})
    return None


def _sex(column: Column) -> tuple[str, dict[str, object]] | None:
    texts = {text: text.lower() for text in column.counts} if column.distinct <= 6 else {}
    stands = {
        text: "F" if low in words.WOMAN else "M"
        for text, low in texts.items()
        if low in words.WOMAN | words.MAN
    }
    if not texts or len(stands) < len(texts):
        return None
    if all(text == stands[text] for text in texts):
        return "F and M", {}
    return "two words for women and men", {"values": stands}


def _two_decimals(column: Column) -> bool:
    if column.raw.dtype.is_float():
        cents = column.raw.drop_nulls() * 100
        return bool(((cents - cents.round()).abs() < 1e-6).all())
    return column.share(r"^-?\d+(?:\.\d{1,2}0*)?$") >= 1.0


def _money(column: Column, taken: set[str]) -> Guess:
    unit = "cents" if column.named(words.CENTS) else "major"
    about = "amounts in cents already" if unit == "cents" else "amounts with two decimals"
    if unit == "major" and column.integer:
        about = 'whole amounts; where they are cents already, write money = "cents"'
    name = ""
    for declared, pattern in (("amount_cents", words.AMOUNT), ("income_cents", words.INCOME)):
        if column.named(pattern) and declared not in taken:
            name = declared
            break
    name = name or f"{re.sub('_(?:cents?|fen)$', '', slug(column))}_cents"
    return _named(column, name, taken, about, {"money": unit})


def _private(column: Column) -> Guess | None:
    if column.named(words.PRIVATE):
        return left_out(
            column, "looks personal by its name, and no identifier type fits; declare one to use it"
        )
    if long_numbers(column):
        return left_out(column, "long numbers, nearly one a row: they may be accounts or documents of people")
    if column.named(words.AFTERWARDS):
        return left_out(column, "known after the decision, it would give the answer away")
    if column.unique and column.named(words.ID) and not column.number:
        return left_out(column, "another value in every row: it ties nothing together")
    return None


def _type(column: Column) -> tuple[str, str]:
    if column.raw.dtype == pl.Boolean or (column.filled and {t.lower() for t in column.sample} <= _BOOLEAN):
        return "boolean", "true or false"
    for type_, about, likely in (
        ("integer", "whole numbers", column.integer),
        ("float", "numbers", column.number),
    ):
        if likely:
            value = Value.model_validate({"column": column.name, "type": type_})
            refused = convert_value(column.text, value, "UTC", 0).reason.count()
            return (
                type_,
                f"{about}; {refused:,} of {column.filled:,} are not, and refuse their row"
                if refused
                else about,
            )
    return "string", f"{column.distinct:,} different texts"


def _category(column: Column) -> bool:
    few = column.distinct <= _CATEGORIES and column.spread <= _HALF
    return few and mean_length(column) <= _LONG


def birth_year(column: Column, format_: str, taken: set[str]) -> Guess:
    """The year of a date of birth; the date itself identifies, and is not kept."""
    says: dict[str, object] = {"type": "year"}
    if format_ != "auto":
        says["format"] = format_
    return _named(column, "birth_year", taken, "dates of birth; only the year is kept", says)


def moment(column: Column, format_: str, taken: set[str]) -> Guess:
    """A moment before the row's own."""
    says: dict[str, object] = {"type": "time"}
    if format_ != "auto":
        says["format"] = format_
    return _named(column, "", taken, "moments, none after the row's own", says)


def person(column: Column, guess: Guess, taken: set[str]) -> Guess:
    """The property of a personal name, which becomes two properties in the graph."""
    return Guess(column.name, guess.role, guess.why, _free(slug(column), taken), guess.says)
