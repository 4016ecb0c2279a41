"""What Prometheus is told: counts and times by route template and status, and nothing about anybody.

The address is open, so no label holds a key, an id or a value: a route is `/v1/rings/{ring}`, or `unmatched`.
"""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The figures of one server process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "fingraph_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "fingraph_request_seconds",
            "Time from a request to its reply.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "fingraph_requests_in_flight", "Requests that have no reply yet.", registry=self.registry
        )
        self._errors = Counter(
            "fingraph_errors", "Replies with a problem, by its code.", ("code",), registry=self.registry
        )
        self._ready = Gauge("fingraph_ready", "1 when /readyz says yes.", registry=self.registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a reply."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def failed(self, code: str) -> None:
        """Count a problem, `graph.unavailable` say."""
        self._errors.labels(code).inc()

    def watch(self, name: str, about: str, read: Callable[[], float]) -> None:
        """Show what `read` returns whenever somebody asks."""
        Gauge(name, about, registry=self.registry).set_function(read)

    def ready(self, yes: bool) -> None:
        """Note what /readyz says."""
        self._ready.set(yes)

    def text(self) -> bytes:
        """All of it, in Prometheus's text format."""
        return generate_latest(self.registry)
