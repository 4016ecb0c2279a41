"""Which columns name something that people share, by their names and by what the normalisers accept."""

from __future__ import annotations

import re

import polars as pl

from graph_schema import FINGRAPH
from loaders.draft import words
from loaders.draft.guess import Guess, Role, left_out, told
from loaders.draft.profile import Column, true_share
from loaders.normalise import NORMALISERS

_COUNTRIES = ("CN", "US", "GB", "IN", "ID", "VN", "PH", "MX", "BR", "NG", "KE")
_MOBILE = r"^(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}$"
_DOTTED = r"^\d{1,3}(?:\.\d{1,3}){3}$|^[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$"
_MACHINE = r"^[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}$"
_FEW = 200
_SURE, _NAMED = 0.9, 0.5
_HOME = r"[省市县区镇乡].*(?:路|街|道|巷|弄|村|号|小区|栋|室|座)"
_FIRM = r"(?:有限公司|股份公司|集团|有限责任公司|事务所)$|\b(?:Inc|Ltd|LLC|GmbH|Corp|PLC)\.?$"


def identifier(column: Column) -> Guess | None:
    """The identifier that a column names, if it names one."""
    for guess in (_id_number, _email, _ip, _card, _phone, _device, _address, _employer):
        found = guess(column)
        if found is not None:
            return found
    return None


def personal(column: Column) -> bool:
    """Whether the values identify a person by themselves, so that they may not stand in the graph as an id."""
    return any(guess(column) is not None for guess in (_id_number, _email, _card, _phone))


def person_name(column: Column) -> Guess | None:
    """Names of people: kept as hash and mask only."""
    if column.number or not column.filled or column.named(words.NOT_EMPLOYER) or column.named(words.TIME):
        return None
    chinese = column.share(rf"^[{words.SURNAMES}][\u4e00-\u9fff·]{{1,3}}$")
    called = column.named(words.PERSON_NAME) and not column.named(words.EMPLOYER)
    if not (called or (chinese >= _SURE and column.distinct >= _FEW)):
        return None
    good = _accepted(column, "name", {})
    if good < _NAMED:
        return None
    about = f"{_count(column, good)} values are names of people: kept as keyed hash and mask"
    return Guess(column.name, Role.PROPERTY, told(column, about), "name", {"type": "name"})


def _accepted(column: Column, normaliser: str, options: dict[str, str], few: int | None = None) -> float:
    """Share of the sample that the normaliser accepts."""
    sample = column.sample if few is None else column.sample.head(few)
    done = NORMALISERS[normaliser](sample, options)
    return true_share(done.reason.is_null())


def _count(column: Column, share: float) -> str:
    total = len(column.sample)
    return f"{round(share * total):,} of {total:,}"


def _found(
    column: Column,
    label: str,
    what: str,
    share: float,
    options: dict[str, str],
    *,
    role: str | None = None,
) -> Guess:
    says: dict[str, object] = {"role": role} if role else {}
    if options:
        says["options"] = options
    about = f"{_count(column, share)} different values are {what}"
    says["on_invalid"] = "drop"
    if share < 1:
        about += "; a row keeps standing without the others"
    return Guess(column.name, Role.IDENTIFIER, told(column, about), label, says)


def _id_number(column: Column) -> Guess | None:
    if column.share(r"^\d{15}$|^\d{17}[\dXx]$") < _NAMED:
        return None
    good = _accepted(column, "id_number", {})
    enough = _NAMED if column.named(words.ID_NUMBER) else _SURE
    what = "resident identity numbers whose checksum holds"
    return _found(column, "IdNumber", what, good, {}) if good >= enough else None


def _email(column: Column) -> Guess | None:
    if column.share(r"@.+\.") < _NAMED:
        return None
    good = _accepted(column, "email", {})
    enough = _NAMED if column.named(words.EMAIL) else _SURE
    return _found(column, "Email", "e-mail addresses", good, {}) if good >= enough else None


def _ip(column: Column) -> Guess | None:
    if column.share(_DOTTED) >= _NAMED:
        good = _accepted(column, "ip", {})
        return _found(column, "IpAddress", "internet addresses", good, {}) if good >= _NAMED else None
    if column.number and column.named(words.IP):
        good = _accepted(column, "ip", {"decimal": "true"})
        what = "internet addresses as one number"
        return _found(column, "IpAddress", what, good, {"decimal": "true"}) if good >= _NAMED else None
    return None


def _card(column: Column) -> Guess | None:
    if column.share(r"^[\d -]{12,23}$") < _SURE or column.named(words.PHONE):
        return None
    good = _accepted(column, "card", {})
    called = column.named(words.CARD)
    if good >= (_NAMED if called else _SURE):
        return _found(column, "BankCard", "card numbers whose check digit holds", good, {})
    loose = _accepted(column, "card", {"luhn": "false"}) if called else 0.0
    if loose >= _NAMED:
        return _found(
            column, "BankCard", "account numbers, most without a check digit", loose, {"luhn": "false"}
        )
    return None


def _phone(column: Column) -> Guess | None:
    called = column.named(words.PHONE) and not column.named(words.NOT_DEVICE)
    mobile = column.share(_MOBILE)
    if mobile < _SURE and not (called and column.share(r"^[+(]?[\d\s().+/#x-]{5,25}$") >= _NAMED):
        return None
    if mobile >= _SURE and not called and (column.named(words.TIME) or _counted(column)):
        return None
    countries = ("CN",) if mobile >= _NAMED else _COUNTRIES
    rates = {
        c: _accepted(column, "phone", {"country": c}, None if len(countries) == 1 else _FEW)
        for c in countries
    }
    best = max(rates, key=lambda country: rates[country])
    if rates[best] < _NAMED:
        return None
    role = "contact" if column.named(words.CONTACT) else "employer" if column.named(words.OFFICE) else "self"
    what = "mainland mobile numbers" if mobile >= _NAMED else f"phone numbers as dialled in {best}"
    return _found(column, "Phone", what, rates[best], {} if best == "CN" else {"country": best}, role=role)


def _counted(column: Column) -> bool:
    """Whether numbers lie close together, as ids that a counter gave do and telephone numbers don't."""
    numbers = column.sample.cast(pl.Int64, strict=False).drop_nulls()
    low, high = numbers.min(), numbers.max()
    return isinstance(low, int) and isinstance(high, int) and high - low < 10_000 * len(numbers)


def _device(column: Column) -> Guess | None:
    machine = column.share(_MACHINE) >= _SURE
    called = column.named(words.DEVICE) and not column.named(words.NOT_DEVICE)
    shared_name = column.named(words.DEVICE) and column.share(r"^[0-9A-Fa-f-]{14,40}$") >= _SURE
    if (
        not (machine or shared_name or called)
        or column.distinct < 2
        or (column.number and column.distinct < _FEW)
    ):
        return None
    good = _accepted(column, "device", {})
    return _found(column, "Device", "ids of devices", good, {}) if good >= _NAMED else None


def _address(column: Column) -> Guess | None:
    called = column.named(words.ADDRESS) and not column.named(words.NOT_ADDRESS)
    homes = column.share(_HOME) >= _NAMED and column.spread > _NAMED
    if column.number or not (homes or (called and column.distinct > 2)):
        return None
    if column.named(words.OFFICE):
        return left_out(column, "addresses of employers: an Address is where somebody lives")
    good = _accepted(column, "address", {})
    return _found(column, "Address", "postal addresses", good, {}) if good >= _NAMED else None


def _employer(column: Column) -> Guess | None:
    called = column.named(words.EMPLOYER) and not column.named(words.NOT_EMPLOYER)
    if column.number or not (column.share(_FIRM) >= _NAMED or (called and column.distinct > 5)):
        return None
    good = _accepted(column, "name", {})
    return _found(column, "Employer", "names of employers", good, {}) if good >= _NAMED else None


def own_type(column: Column) -> tuple[Guess, dict[str, object]] | None:
    """A code that many rows share, as an identifier type of the mapping's own: the link, and the type."""
    codes = column.integer or column.share(r"^[\w.:/-]{1,64}$") >= _SURE
    if not column.named(words.ID) or not codes or column.distinct < 20 or column.spread > 0.8:
        return None
    plain = re.sub(words.ID, "_", column.words)
    chinese = next((english for han, english in words.CHINESE.items() if han in plain), "")
    parts = re.findall(r"[a-z]+", plain) or [chinese or "code"]
    label = "".join(part.title() for part in parts)[:36]
    if label in FINGRAPH.by_label:
        label = f"{label[:35]}Code"
    relationship = f"WITH_{re.sub('(?<!^)(?=[A-Z])', '_', label).upper()}"[:40]
    about = f"{column.distinct:,} codes that {column.filled:,} rows share"
    type_: dict[str, object] = {
        "label": label,
        "relationship": relationship,
        "description": f"What the column {column.name} names.",
        "bind": 0,
    }
    return Guess(column.name, Role.IDENTIFIER, told(column, about), label), type_


def long_numbers(column: Column) -> bool:
    """Whether the values look like account or document numbers that fit no type."""
    return column.integer and column.share(r"^\d{9,}$") >= _NAMED and column.spread > _NAMED


def has_han(column: Column) -> bool:
    """Whether name or values are Chinese."""
    return column.share(r"\p{Han}") > 0 or re.search(r"[\u3400-\u9fff]", column.name) is not None


def mean_length(column: Column) -> float:
    """Characters of a value, on average."""
    lengths = column.sample.cast(pl.String).str.len_chars().mean()
    return float(lengths) if isinstance(lengths, float | int) else 0.0
