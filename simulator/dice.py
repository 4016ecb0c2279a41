"""Chance as a function of names and integers: the same question always has the same answer.

Nothing is stored and nothing is drawn in sequence, so chunks, their size and new concerns change no draw.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_NEXT = np.uint64(0xD1B54A32D192ED03)
_FIRST_MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
_SECOND_MULTIPLIER = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11, _S32 = (np.uint64(shift) for shift in (30, 27, 31, 11, 32))


def _mixed(state: Words) -> Words:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014), in place."""
    state ^= state >> _S30
    state *= _FIRST_MULTIPLIER
    state ^= state >> _S27
    state *= _SECOND_MULTIPLIER
    state ^= state >> _S31
    return state


class Dice:
    """Draws that depend on the seed, the name of the concern, and integer keys; on nothing else."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._salts: dict[str, np.uint64] = {}

    def _salt(self, name: str) -> np.uint64:
        if name not in self._salts:
            digest = hashlib.blake2b(f"{self.seed}:{name}".encode(), digest_size=8).digest()
            self._salts[name] = np.uint64(int.from_bytes(digest, "little"))
        return self._salts[name]

    def bits(self, name: str, *keys: ArrayLike) -> Words:
        """64 random bits for each row of the keys (integers that broadcast against each other)."""
        state: Words | None = None
        for key in keys:
            word = np.atleast_1d(np.asarray(key)).astype(np.uint64)
            if state is None:
                state = _mixed(word * _STEP + self._salt(name))
            else:
                state = _mixed(state ^ (word * _NEXT + _STEP))
        assert state is not None, "a draw needs a key"  # noqa: S101
        return state

    def unit(self, name: str, *keys: ArrayLike) -> Floats:
        """Uniform in [0, 1)."""
        unit: Floats = (self.bits(name, *keys) >> _S11).astype(np.float64)
        unit *= 2.0**-53
        return unit

    def chance(self, name: str, probability: ArrayLike, *keys: ArrayLike) -> Flags:
        """True with the given probability."""
        flags: Flags = self.unit(name, *keys) < np.asarray(probability, dtype=np.float64)
        return flags

    def pick(self, name: str, count: ArrayLike, *keys: ArrayLike) -> Ints:
        """Uniform in 0 … count − 1."""
        return np.asarray(self.unit(name, *keys) * np.asarray(count, dtype=np.float64), dtype=np.int64)

    def normal(self, name: str, *keys: ArrayLike) -> Floats:
        """Standard normal (Box and Muller 1958), cut at about ±6.6."""
        word = self.bits(name, *keys)
        radius: Floats = np.sqrt(-2.0 * np.log(((word >> _S32) + 1.0) * 2.0**-32))
        angle = (word & np.uint64(0xFFFFFFFF)) * (2.0 * np.pi * 2.0**-32)
        return np.asarray(radius * np.cos(angle), dtype=np.float64)

    def exponential(self, name: str, mean: ArrayLike, *keys: ArrayLike) -> Floats:
        """Exponential with the given mean."""
        return np.asarray(-np.log1p(-self.unit(name, *keys)) * mean, dtype=np.float64)

    def weighted(self, name: str, cumulative: Floats, *keys: ArrayLike) -> Ints:
        """An index, by cumulative weights that end in 1."""
        return np.searchsorted(cumulative, self.unit(name, *keys), side="right").astype(np.int64)

    def stream(self, name: str) -> np.random.Generator:
        """A PCG64 generator of its own for what is planned once, such as the rings."""
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence([self.seed, int(self._salt(name))]))
        )


class Permutation:
    """A secret one-to-one map of 0 … a·b − 1 onto itself: a Feistel network over Z_a × Z_b."""

    ROUNDS = 3

    def __init__(self, dice: Dice, name: str, a: int, b: int) -> None:
        self.size = a * b
        self._dice, self._name, self._a, self._b = dice, name, np.int64(a), np.int64(b)

    def _round(self, side: str, number: int, size: np.int64, key: Ints) -> Ints:
        return self._dice.pick(f"{self._name}/{side}{number}", size, key)

    def __call__(self, value: Ints) -> Ints:
        """The image of each value."""
        left, right = np.divmod(value, self._b)
        for number in range(self.ROUNDS):
            left = _wrapped(left + self._round("left", number, self._a, right), self._a)
            right = _wrapped(right + self._round("right", number, self._b, left), self._b)
        return left * self._b + right

    def inverse(self, value: Ints) -> Ints:
        """The value of each image."""
        left, right = np.divmod(value, self._b)
        for number in reversed(range(self.ROUNDS)):
            right = _wrapped(right - self._round("right", number, self._b, left) + self._b, self._b)
            left = _wrapped(left - self._round("left", number, self._a, right) + self._a, self._a)
        return left * self._b + right


def _wrapped(value: Ints, size: np.int64) -> Ints:
    return np.where(value >= size, value - size, value)


def cumulative(weights: ArrayLike) -> Floats:
    """Cumulative shares of the weights, ending in exactly 1."""
    sums: Floats = np.cumsum(np.asarray(weights, dtype=np.float64))
    sums /= sums[-1]
    sums[-1] = 1.0
    return sums


def logistic(value: Any) -> Floats:
    """1 / (1 + e^-value)."""
    return np.asarray(1.0 / (1.0 + np.exp(-value)), dtype=np.float64)
