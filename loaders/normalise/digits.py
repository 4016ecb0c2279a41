"""Check digits over many numbers at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Digits = npt.NDArray[np.uint8]
_WEIGHTS = np.array([pow(2, 17 - place, 11) for place in range(17)], dtype=np.int32)
_MOD_11_2 = np.frombuffer(b"10X98765432", dtype="S1")
_DOUBLED = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], dtype=np.int32)


def matrix(numbers: pl.Series, width: int) -> Digits:
    """Digits as an array (rows x `width`) of texts that are `width` ASCII digits each."""
    joined = "".join(numbers.to_list()).encode()
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(numbers), width) - ord("0")


def luhn_holds(digits: Digits) -> npt.NDArray[np.bool_]:
    """Whether the last digit of each row is right by Luhn's formula (ISO/IEC 7812-1, annex B).

    Zeros before a number change nothing, so numbers of several lengths fit one matrix.
    """
    kept = digits[:, ::-2].sum(axis=1, dtype=np.int32)
    doubled = _DOUBLED[digits[:, -2::-2]].sum(axis=1)
    holds: npt.NDArray[np.bool_] = (kept + doubled) % 10 == 0
    return holds


def mod_11_2(digits: Digits) -> pl.Series:
    """Check characters (0-9, X) of rows of seventeen digits by ISO 7064 MOD 11-2, as GB 11643 uses it."""
    return pl.Series(_MOD_11_2[(digits @ _WEIGHTS) % 11].astype(str), dtype=pl.String)


def luhn_of(number: str) -> bool:
    """As `luhn_holds`, of one number."""
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(int(_DOUBLED[digit]) for digit in digits[1::2])) % 10 == 0


def mod_11_2_of(body: str) -> str:
    """As `mod_11_2`, of one number of seventeen digits."""
    return "10X98765432"[
        sum(int(digit) * int(weight) for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    ]
