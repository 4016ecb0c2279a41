"""The mainland's mobile numbering plan as arrays: what the seven first digits of a number say.

The data is that of `phonenumbers` (Google's libphonenumber); looking it up there costs 25 µs a number, here
a gather. Carrier and region are those that the prefix was given to; numbers move between carriers since 2019.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl
from phonenumbers import PhoneMetadata
from phonenumbers.carrierdata import CARRIER_DATA

LANGUAGE = "en"
"""Carriers and regions are named in English: the one language that the data has for every country."""

_FIRST, _END = 1_300_000, 2_000_000
_PREFIX = 7
Codes = npt.NDArray[np.int16]


@dataclass(frozen=True)
class MobilePlan:
    """Names by prefix: `carrier_of[prefix - 1300000]` is a row of `carriers`; the last row is null."""

    carriers: pl.Series
    carrier_of: Codes
    regions: pl.Series
    region_of: Codes

    def of(self, mobiles: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Regions ("Changzhou, Jiangsu") and carriers of eleven-digit mobiles; null where unknown."""
        prefix = pl.col("mobile").str.slice(0, _PREFIX).cast(pl.Int64) - _FIRST
        places = mobiles.to_frame("mobile").select(prefix).to_series().to_numpy()
        return self.regions[self.region_of[places]], self.carriers[self.carrier_of[places]]

    def of_one(self, mobile: str) -> tuple[str | None, str | None]:
        """As `of`, of one."""
        place = int(mobile[:_PREFIX]) - _FIRST
        return self.regions[int(self.region_of[place])], self.carriers[int(self.carrier_of[place])]


@cache
def mobile_plan() -> MobilePlan:
    """The plan; the first call reads the geographic data (150 MB, seconds without byte-code)."""
    # Imported here because whoever loads no phone should not pay for it.
    from phonenumbers.geodata import GEOCODE_DATA  # noqa: PLC0415

    given_out = _given_out()
    carriers, carrier_of = _coded(_named(CARRIER_DATA), given_out)
    regions, region_of = _coded(_named(GEOCODE_DATA), given_out)
    return MobilePlan(carriers, carrier_of, regions, region_of)


def _named(data: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Prefixes of mainland mobiles, the country code taken off, with their names."""
    return ((key[2:], names.get(LANGUAGE, "")) for key, names in data.items() if re.match("861[3-9]", key))


def _coded(named: Iterator[tuple[str, str]], given_out: npt.NDArray[np.bool_]) -> tuple[pl.Series, Codes]:
    """Distinct names, null last, and for each prefix of seven digits the row of the longest one it has."""
    pairs = sorted(named, key=lambda pair: len(pair[0]))
    names = sorted({name for _, name in pairs if name})
    row = {name: place for place, name in enumerate(names)} | {"": len(names)}
    codes = np.full(_END - _FIRST, len(names), dtype=np.int16)
    for prefix, name in pairs:
        width = 10 ** (_PREFIX - len(prefix))
        start = int(prefix) * width - _FIRST
        codes[start : start + width] = row[name]
    codes[~given_out] = len(names)
    return pl.Series([*names, None], dtype=pl.String), codes


def _given_out() -> npt.NDArray[np.bool_]:
    """Whether numbers with each prefix are valid: the library names carrier and region of valid ones only."""
    metadata = PhoneMetadata.metadata_for_region("CN")
    pattern = re.compile((metadata and metadata.mobile and metadata.mobile.national_number_pattern) or "")
    # Five digits settle it: 1740[0-5] is the longest prefix that the pattern spells out.
    valid = [pattern.fullmatch(f"{prefix}000000") is not None for prefix in range(13_000, 20_000)]
    return np.repeat(np.array(valid), 100)
