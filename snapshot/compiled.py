"""How kernels are compiled: once a machine, without the GIL, and never with reordered arithmetic.

`fastmath` stays off, so a sum is taken in the order in which it is written, and one application gives the same bits
alone as among ten million. Kernels run serially; whoever wants two cores calls them from two threads, which also
keeps them safe under a server's threads. What runs for each value takes numbers, not arrays: each array handed to
another kernel costs two atomic counts of references.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from numba import config, njit

F = TypeVar("F", bound=Callable[..., object])


def _find_a_place() -> None:
    """Compiled code lies beside its source, or where the user may write when the installation is read-only."""
    here = Path(__file__).parent
    if getattr(config, "CACHE_DIR", "") or os.access(here, os.W_OK) or os.access(Path.home(), os.W_OK):
        return
    config.CACHE_DIR = str(  # type: ignore[attr-defined]
        Path(tempfile.gettempdir()) / f"fingraph-kernels-{os.getuid()}"
    )


_find_a_place()


def kernel(function: F) -> F:
    """Compile `function` at its first call and keep the machine code on disk."""
    return cast("F", njit(nogil=True, cache=True, error_model="numpy")(function))
