"""From integers to what a form holds: numbers with checksums, names, addresses; as Arrow arrays of text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from simulator import names
from simulator.belongings import LINES, SIM_CARDS
from simulator.columns import integers, spread, vocabulary
from simulator.dice import Dice, Ints, Permutation, Words, cumulative
from simulator.identities import Identities

Bytes = NDArray[np.uint8]

_QUADS = np.frombuffer(b"".join(b"%04d" % n for n in range(10_000)), dtype="<u4")
_HEX = np.frombuffer(b"".join(b"%02x" % n for n in range(256)), dtype="<u2")
_ZERO = ord("0")
_NOTHING, _DOT = vocabulary(["", "."])

_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
"""GB 11643-1999 (ISO 7064, MOD 11-2)."""
_ID_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_SKIPPED_AREAS = (13, 1234)
"""No number looks like one that people make up: 13800138000, …12345678; no line is 0000."""
_AREAS = 10_000 - len(_SKIPPED_AREAS)
_STEP = 397
"""Coprime to 1000: scatters the sequence numbers."""


def digits(value: Ints, width: int) -> Bytes:
    """Decimal digits with leading zeros, a row of `width` ASCII bytes each."""
    groups = -(-width // 4)
    quads = np.empty((len(value), groups), dtype="<u4")
    for group in reversed(range(groups)):
        value, rest = np.divmod(value, 10_000)
        quads[:, group] = _QUADS[rest]
    return quads.view(np.uint8)[:, groups * 4 - width :]


def text(columns: Bytes) -> pa.Array:
    """Strings of equal length from rows of ASCII bytes."""
    rows, width = columns.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    data = np.ascontiguousarray(columns)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data))


def numbered(letter: str, value: Ints, width: int) -> pa.Array:
    """`A000000017`: a letter and a number."""
    columns = np.empty((len(value), width + 1), dtype=np.uint8)
    columns[:, 0] = ord(letter)
    columns[:, 1:] = digits(value, width)
    return text(columns)


def _plain(known: pa.Array, index: Ints) -> pa.Array:
    return known.take(integers(index))


def _joined(*parts: object) -> pa.Array:
    return pc.binary_join_element_wise(*parts, _NOTHING)


class Forms:
    """Writes the values of one world."""

    def __init__(self, dice: Dice, identities: Identities) -> None:
        self.dice, self._people = dice, identities
        self._users = Permutation(dice, "user ids", 10_000, 10_000)
        self._numbers = Permutation(dice, "numbers", len(names.MOBILE_PREFIXES) * _AREAS, 9_000)
        self._blocks = Permutation(dice, "blocks of numbers", len(names.MOBILE_PREFIXES), _AREAS)
        self._lines = Permutation(dice, "landlines", 800, 10_000)
        self._cards = Permutation(dice, "cards", len(names.CARD_ISSUERS) * 1_000, 1_000_000)
        self._mails = Permutation(dice, "mails", 10_000, 100_000)
        self._companies = Permutation(dice, "companies", len(names.STEMS) ** 2, len(names.TRADES) * 3)
        self._vocabularies()

    def _vocabularies(self) -> None:
        codes = "".join(code for code, _, _ in names.COUNTIES)
        self._counties = np.frombuffer(codes.encode(), dtype=np.uint8).reshape(-1, 6)
        self._places = vocabulary([city + county for _, county, city in names.COUNTIES])
        by_city: dict[str, list[int]] = {}
        for index, (_, _, city) in enumerate(names.COUNTIES):
            by_city.setdefault(city, []).append(index)
        self._first_county = np.array([by_city[city.name][0] for city in names.CITIES])
        self._county_count = np.array([len(city.counties) for city in names.CITIES])
        self._streets = vocabulary([f"{road}{n}号" for road in names.ROADS for n in range(1, 301)])
        self._estates = vocabulary([f"{e}{n}栋" for e in names.ESTATES for n in range(1, 31)])
        self._rooms = vocabulary(
            [f"{u}单元{f}{r:02d}室" for u in range(1, 5) for f in range(1, 31) for r in range(1, 5)]
        )
        self._firms = vocabulary([a + b for a in names.STEMS for b in names.STEMS])
        self._trades = vocabulary([t + c for t in names.TRADES for c in names.COMPANIES])
        self._cities = vocabulary([c.name[3:] if c.name[2] == "省" else c.name for c in names.CITIES])
        self._area_codes = vocabulary([city.area_code + "-" for city in names.CITIES])
        self._halves = vocabulary([f"{n >> 8}.{n & 255}" for n in range(65_536)])
        self._persons = vocabulary([f"{s}.{g}" for s in names.SURNAMES for g in names.GIVEN_NAMES] + [""])
        self._domains = vocabulary(["@" + domain for domain in names.MAIL_DOMAINS])
        self._mail_shares = cumulative(names.MAIL_WEIGHTS)
        self._prefixes = np.array(names.MOBILE_PREFIXES, dtype=np.int64)
        self._issuers = np.array([issuer for issuer, _ in names.CARD_ISSUERS], dtype=np.int64)
        self._short = np.array([length == 16 for _, length in names.CARD_ISSUERS])

    def capacity(self, range_: str) -> int:
        """How many different keys a range of numbers holds: users, identities, numbers, lines, cards, mails, companies."""
        ranges: dict[str, Permutation | Identities] = {
            "users": self._users,
            "identities": self._people,
            "numbers": self._numbers,
            "lines": self._lines,
            "cards": self._cards,
            "mails": self._mails,
            "companies": self._companies,
        }
        return ranges[range_].size

    def user(self, account: Ints) -> pa.Array:
        """`U12345678`; tells nothing about the kind of user."""
        return numbered("U", self._users(account), 8)

    def account(self, user: Ints) -> Ints:
        """The accounts of the numbers in users' ids."""
        return self._users.inverse(user)

    def device(self, word: Words) -> pa.Array:
        """16 hex digits."""
        return text(_HEX[word.astype("<u8").view(np.uint8).reshape(-1, 8)].view(np.uint8))

    def ip(self, address: Ints) -> pa.Array:
        """Dotted IPv4."""
        return pc.binary_join_element_wise(
            _plain(self._halves, address >> 16), _plain(self._halves, address & 0xFFFF), _DOT
        )

    def mobile(self, key: Ints) -> pa.Array:
        """Mainland mobile numbers, 11 digits. Lines of blocks that rings buy come after all others."""
        block, line = np.divmod(key - SIM_CARDS, LINES)
        bought = np.flatnonzero(block >= 0)
        area, last = np.divmod(self._numbers(np.where(block >= 0, 0, key)), 9_000)
        area[bought], last[bought] = self._blocks(block[bought]), 9_000 + line[bought]
        prefix, middle = np.divmod(area, _AREAS)
        for skipped in _SKIPPED_AREAS:
            middle += middle >= skipped
        return text(digits(self._prefixes[prefix] * 100_000_000 + middle * 10_000 + 1 + last, 11))

    def landline(self, city: Ints, employer: Ints) -> pa.Array:
        """An employer's number with area code: `0755-82345678`."""
        number = 62_000_000 + self._lines(employer)
        return _joined(_plain(self._area_codes, city), text(digits(number, 8)))

    def card(self, key: Ints) -> pa.Array:
        """Card numbers of 16 or 19 digits with their check digit (ISO/IEC 7812-1, Luhn)."""
        issuer, rest = np.divmod(self._cards(key), 1_000_000_000)
        short = self._short[issuer]
        extra = self.dice.pick("card", 1_000, key)
        payload = np.where(short, self._issuers[issuer], self._issuers[issuer] * 1_000 + extra)
        columns = np.empty((len(key), 19), dtype=np.uint8)
        columns[:, :18] = digits(payload * 1_000_000_000 + rest, 18)
        columns[:, 18] = _luhn(columns[:, :18])
        order = np.argsort(short, kind="stable")
        place = np.empty(len(key), dtype=np.int64)
        place[order] = np.arange(len(key))
        return pa.concat_arrays([text(columns[~short]), text(columns[short, 3:])]).take(integers(place))

    def identity(self, person: Ints) -> pa.Array:
        """Resident identity numbers (GB 11643-1999): county, day of birth, sequence, check character."""
        county, day, place = self._people.of(person)
        sequence = place * _STEP % 1_000
        columns = np.empty((len(person), 18), dtype=np.uint8)
        columns[:, :6], columns[:, 6:14] = self._counties[county], self._people.days[day]
        columns[:, 14:17] = digits(sequence, 3)
        total = (columns[:, :17] - np.uint8(_ZERO)).astype(np.int64) @ _ID_WEIGHTS
        columns[:, 17] = _ID_CHECKS[total % 11]
        return text(columns)

    def address(self, city: Ints, key: Ints) -> pa.Array:
        """County, street, estate, building and room; dormitories and ring addresses look like all others."""
        county = self._first_county[city] + self.dice.pick("county", self._county_count[city], key)
        return _joined(
            _plain(self._places, county),
            _plain(self._streets, self.dice.pick("street", len(self._streets), key)),
            _plain(self._estates, self.dice.pick("estate", len(self._estates), key)),
            _plain(self._rooms, self.dice.pick("room", len(self._rooms), key)),
        )

    def employer(self, city: Ints, employer: Ints) -> pa.Array:
        """City, firm, trade, kind of company."""
        firm, trade = np.divmod(self._companies(employer), len(self._trades))
        return _joined(_plain(self._cities, city), _plain(self._firms, firm), _plain(self._trades, trade))

    def mail(self, person: Ints) -> pa.Array:
        """E-mail addresses; null where the person is −1."""
        rows = np.flatnonzero(person >= 0)
        given = person[rows]
        domain = self.dice.weighted("mail domain", self._mail_shares, given)
        number = integers(100_000_000 + self._mails(given)).cast(pa.string())
        name = self.dice.pick("mail name", len(self._persons) - 1, given)
        name[domain == 0] = len(self._persons) - 1
        written = _joined(_plain(self._persons, name), number, _plain(self._domains, domain))
        return spread(written, rows, len(person))


def _luhn(payload: Bytes) -> Bytes:
    """Check digits (ASCII) of rows of an even number of digits, leading zeros allowed."""
    value = payload - np.uint8(_ZERO)
    doubled = value[:, 1::2] * np.uint8(2)
    doubled -= np.where(doubled > 9, np.uint8(9), np.uint8(0))
    total = doubled.sum(axis=1, dtype=np.int64) + value[:, 0::2].sum(axis=1, dtype=np.int64)
    check: Bytes = ((10 - total % 10) % 10 + _ZERO).astype(np.uint8)
    return check
