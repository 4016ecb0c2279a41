"""The API against its own document, by requests that a machine made up. On a real server, from a fixed seed."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import load_all_checks, positive_data_acceptance
from schemathesis.specs.openapi.checks import allow_header_conformance

from tests.api.contract import DOCUMENT
from tests.api.served import Served

pytestmark = [pytest.mark.server, pytest.mark.slow]

EXAMPLES = 25
WHOLE = ("/readyz", "/healthz", "/metrics", "/v1/questions")
"""Addresses where whatever fits the document is answered; others name things that must exist, or go on from a page."""

SHARED = ("/v1/applications/{source}/{id}/amendments",)
"""Addresses that are another's too: an id may have slashes, so both are allowed there."""

load_all_checks()


def document() -> dict[str, Any]:
    """The document without the time that a request has, since 503 is right for one that has none, and without keys,
    which have tests of their own."""
    read: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    for operations in read["paths"].values():
        for operation in operations.values():
            kept = [one for one in operation.get("parameters", ()) if one["name"] != "X-Request-Timeout-Ms"]
            operation["parameters"] = kept
            operation.pop("security")
    return read


schema = schemathesis.openapi.from_dict(document())


@pytest.fixture
def bounded(served: Served) -> Served:
    """The server of the package."""
    return served


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_the_contract(case: Case, bounded: Served) -> None:
    case.call_and_validate(
        base_url=bounded.url,
        headers={"Authorization": f"Bearer {bounded.tokens['admin']}", "X-Request-Timeout-Ms": "60000"},
        excluded_checks=[
            *([] if case.operation.path in WHOLE else [positive_data_acceptance]),
            *([allow_header_conformance] if case.operation.path in SHARED else []),
        ],
        timeout=60,
    )
