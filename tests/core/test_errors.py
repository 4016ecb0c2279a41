"""Errors cross from worker processes whole."""

from __future__ import annotations

import pickle

import pytest

import api.errors
from core import errors
from core.errors import FinGraphError

KINDS = sorted(
    {one for module in (errors, api.errors) for one in vars(module).values() if isinstance(one, type)}
    & {FinGraphError, *FinGraphError.__subclasses__()},
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_pickled_whole(kind: type[FinGraphError]) -> None:
    waits = (
        {"wait_s": 2.5}
        if kind in (api.errors.RateError, api.errors.OverloadedError)
        else {"hints": ("wait",)}
    )
    error = kind("a.code", "What happened.", **waits)  # type: ignore[arg-type]
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (str(again), again.as_dict(), vars(again)) == (str(error), error.as_dict(), vars(error))
