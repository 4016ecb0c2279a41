"""Errors that only a server has."""

from __future__ import annotations

from core.errors import FinGraphError


class RequestError(FinGraphError):
    """What came is no request that can be read."""

    status = 400


class MethodError(FinGraphError):
    """The address exists and does not take this method."""

    status = 405


class BodyError(FinGraphError):
    """The body is larger than a request may be."""

    status = 413


class RateError(FinGraphError):
    """This key asks for more than it may; others are served."""

    status = 429

    def __init__(self, code: str, message: str, *, wait_s: float) -> None:
        super().__init__(code, message)
        self.wait_s = wait_s


class OverloadedError(FinGraphError):
    """The server has no room for the request, or no time left for it."""

    status = 503

    def __init__(self, code: str, message: str, *, wait_s: float) -> None:
        super().__init__(code, message)
        self.wait_s = wait_s
