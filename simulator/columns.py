"""Arrow columns straight from NumPy memory: no copy of values, no detour over other libraries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from simulator.dice import Flags, Ints

TIME = pa.timestamp("us", tz="UTC")


def column(values: NDArray[Any], kind: pa.DataType, valid: Flags | None = None) -> pa.Array:
    """An Arrow array of a fixed-width type of the values' own width; null where `valid` is false."""
    mask = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))
    data = (
        np.packbits(values, bitorder="little") if values.dtype == np.bool_ else np.ascontiguousarray(values)
    )
    return pa.Array.from_buffers(kind, len(values), [mask, pa.py_buffer(data)])


def integers(values: Ints) -> pa.Array:
    """64-bit integers; also the rows to take of another array."""
    return column(values.astype(np.int64, copy=False), pa.int64())


def moments(values: Ints) -> pa.Array:
    """µs since 1970 as UTC timestamps."""
    return column(values, TIME)


def vocabulary(words: Sequence[str]) -> pa.Array:
    """A short list of words."""
    encoded = [word.encode() for word in words]
    offsets = np.concatenate([[0], np.cumsum([len(word) for word in encoded])]).astype(np.int32)
    return pa.StringArray.from_buffers(len(words), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))


def words(vocabulary_: Sequence[str], index: Ints) -> pa.Array:
    """A word of a short list for each index, dictionary-encoded; null below 0."""
    codes = column(index.astype(np.int32), pa.int32(), index >= 0 if (index < 0).any() else None)
    return pa.DictionaryArray.from_arrays(codes, vocabulary(vocabulary_))


def spread(array: pa.Array, rows: Ints, length: int) -> pa.Array:
    """An array of `length` with the values of `array` in these rows and null in the others."""
    place = np.full(length, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    return array.take(column(place, pa.int64(), place >= 0))
