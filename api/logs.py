"""One JSON object a line on stderr. What is logged of a request is listed here, and no part of it is a value of anybody."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from dataclasses import dataclass
from typing import Any

from core.clock import iso, now_us

REQUESTS = logging.getLogger("fingraph.requests")


@dataclass(frozen=True)
class RequestLine:
    """What is logged of a request: the route's template, never the path, which holds ids."""

    request_id: str
    method: str
    route: str
    status: int
    ms: float
    key_id: str | None
    code: str | None
    """Of the problem, when there is one."""

    def log(self) -> None:
        """Write it; a fault of the server is an error, a refusal is not."""
        level = logging.ERROR if self.status >= 500 else logging.INFO
        REQUESTS.log(level, "request", extra={"fields": vars(self)})


def log_unforeseen(request_id: str, error: BaseException) -> None:
    """Log the kind and the places of an error that nobody foresaw; its words may quote values, so they stay out."""
    fields = {"request_id": request_id, "error": type(error).__name__, "at": places(error)}
    REQUESTS.error("unforeseen", extra={"fields": fields})


def places(error: BaseException) -> list[str]:
    """Files and lines that an error came through, the innermost last."""
    return [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)[-5:]]


class JsonLines(logging.Formatter):
    """A record as one line of JSON; of an exception only its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": iso(now_us()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= {"error": type(record.exc_info[1]).__name__, "at": places(record.exc_info[1])}
        return json.dumps(line, ensure_ascii=True, default=str)


def write_json_lines() -> None:
    """Send every record of this process to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in ("httpx", "neo4j", "asyncio"):
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger("uvicorn.access").disabled = True  # its lines hold whole paths
