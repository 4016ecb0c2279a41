"""docs/api.md: every curl in it runs against a real server, and so does the client's notebook."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from fingraph_client import AuthenticatedClient
from fingraph_client.api.graph import expand, get_application
from fingraph_client.api.rings import get_ring, list_rings
from fingraph_client.models import Application, ExpandAsked, Problem, RingDetail, Rings

from tests.api.conftest import World
from tests.api.notebooks import printed_by
from tests.api.served import Served

pytestmark = [pytest.mark.server, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "api.md"
NOTEBOOK = ROOT / "examples" / "client.ipynb"
EXAMPLES = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def environment(served: Served, world: World) -> dict[str, str]:
    """What the guide says to set."""
    one = world.application
    return {
        "PATH": os.environ["PATH"],
        "URL": served.url,
        "KEY": served.tokens["read"],
        "ADMIN_KEY": served.tokens["admin"],
        "APPLICATION": f"{one['source']}/{one['id']}",
        "USER_ID": one["user"].replace(":", "/", 1),
        "OTHER_ID": one["other"].replace(":", "/", 1),
        "RING": world.ring,
    }


def test_the_guide_has_examples_of_every_address() -> None:
    whole = "".join(EXAMPLES)
    for address in (
        "rings",
        "applications",
        "users",
        "identifiers/lookup",
        "expand",
        "paths",
        "questions",
        "cypher",
    ):
        assert f"/v1/{address}" in whole


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_of_the_guide_runs(served: Served, world: World, number: int) -> None:
    done = subprocess.run(
        ["bash", "-euc", EXAMPLES[number]],
        env=environment(served, world),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    decoder, text = json.JSONDecoder(), done.stdout.strip()
    while text:
        _, end = decoder.raw_decode(text)
        text = text[end:].strip()


def test_the_client_reads_replies_and_problems_as_what_they_are(served: Served, world: World) -> None:
    one = world.application
    with AuthenticatedClient(base_url=served.url, token=served.tokens["read"]) as client:
        page = list_rings.sync(client=client, limit=1)
        assert isinstance(page, Rings)
        ring = get_ring.sync(page.items[0].key, client=client)
        assert isinstance(ring, RingDetail)
        assert len(ring.members.items) == ring.ring.applications
        application = get_application.sync(one["source"], one["id"], client=client)
        assert isinstance(application, Application)
        assert application.known_at is not None
        assert int(application.known_at.timestamp() * 1_000_000) == one["known_at"]
        neighbours = expand.sync(client=client, body=ExpandAsked(type_="Ring", key=world.ring))
        assert not isinstance(neighbours, Problem)
        missing = get_application.sync("no", "body", client=client)
        assert isinstance(missing, Problem)
        assert missing.code == "entities.unknown"


def test_the_notebook_of_the_client_runs(served: Served, world: World) -> None:
    assert world.ring in printed_by(NOTEBOOK, environment(served, world))
