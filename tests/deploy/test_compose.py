"""The container runs what the local server runs, keeps to this machine and holds no secret."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from core.server.config import config_text
from core.server.runtime import runtime_of
from core.settings import load_settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "neo4j" / "Dockerfile"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture(scope="module")
def neo4j(compose: dict[str, Any]) -> dict[str, Any]:
    service = compose["services"]["neo4j"]
    assert isinstance(service, dict)
    return service


def settings_of(environment: dict[str, str]) -> dict[str, str]:
    """Neo4j settings that the image makes of its environment: `_` is a dot, `__` an underscore."""
    names = {name: name.removeprefix("NEO4J_") for name in environment if name != "NEO4J_AUTH_PATH"}
    return {
        short.replace("__", "\0").replace("_", ".").replace("\0", "_"): environment[name]
        for name, short in names.items()
    }


def local_settings() -> dict[str, str]:
    lines = config_text(load_settings({})).splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_compose_file_is_valid_against_the_compose_specification(compose: dict[str, Any]) -> None:
    schema = json.loads((ROOT / "tests" / "data" / "compose-spec.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(compose)] == []
    broken = {**compose, "services": {"neo4j": {"port": "7687"}}}
    assert list(validator.iter_errors(broken)), "the schema does refuse a wrong file"


def test_every_setting_of_the_container_is_one_of_the_local_server_with_the_same_bounds(
    neo4j: dict[str, Any],
) -> None:
    local, container = local_settings(), settings_of(neo4j["environment"])
    assert set(container) <= set(local)
    varying = ("server.memory.", "server.bolt.advertised_address")
    same = {name: value for name, value in container.items() if not name.startswith(varying)}
    assert same == {name: local[name] for name in same}
    only_local = {name for name in local if not name.startswith("server.")} - set(container)
    assert only_local == set(), "a bound of the local server is missing in the container"


def test_versions_are_those_of_the_local_server(neo4j: dict[str, Any]) -> None:
    runtime = runtime_of(load_settings({}))
    text = DOCKERFILE.read_text()
    images = set(re.findall(r"^FROM (neo4j:\S+)", text, flags=re.MULTILINE))
    assert images == {f"neo4j:{runtime.neo4j_version}-community"}
    assert neo4j["image"].endswith(f":{runtime.neo4j_version}-gds-{runtime.gds_version}")


def test_every_path_that_the_image_copies_is_in_the_build_context(neo4j: dict[str, Any]) -> None:
    context = (ROOT / neo4j["build"]["context"]).resolve()
    assert (context / neo4j["build"]["dockerfile"]).resolve() == DOCKERFILE
    copied = re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE.read_text(), flags=re.MULTILINE)
    assert "core/server/neo4j-runtime.pom.xml" in copied
    assert all((context / path).is_file() for path in copied)


def test_ports_are_bound_to_this_machine_only(neo4j: dict[str, Any]) -> None:
    assert len(neo4j["ports"]) == 2
    assert all(port.startswith("127.0.0.1:") for port in neo4j["ports"])


def test_the_container_is_not_root_and_cannot_change_itself(neo4j: dict[str, Any]) -> None:
    assert not re.match(r'"?(0|root)\b', neo4j["user"])
    assert re.search(r"^USER 7474", DOCKERFILE.read_text(), flags=re.MULTILINE)
    assert neo4j["read_only"] is True
    assert neo4j["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in neo4j["security_opt"]
    written = {mount.split(":")[0] for mount in neo4j["tmpfs"]}
    assert {"/tmp", "/var/lib/neo4j/conf"} <= written, "the entry point writes its configuration there"


def test_memory_is_bounded_and_health_is_a_query_with_the_password(neo4j: dict[str, Any]) -> None:
    assert "mem_limit" in neo4j
    check = " ".join(neo4j["healthcheck"]["test"])
    assert "gds.version()" in check
    assert "/run/secrets/neo4j_auth" in check


def test_the_password_comes_from_a_file_that_git_does_not_take(
    compose: dict[str, Any], neo4j: dict[str, Any]
) -> None:
    secret = compose["secrets"]["neo4j_auth"]["file"]
    ignored = subprocess.run(["git", "check-ignore", "-q", secret], cwd=ROOT, check=False)
    assert ignored.returncode in (0, 128), "128: no git repository here"
    assert neo4j["environment"]["NEO4J_AUTH_PATH"] == "/run/secrets/neo4j_auth"
    assert "NEO4J_AUTH" not in neo4j["environment"]


def test_data_survives_the_container(compose: dict[str, Any], neo4j: dict[str, Any]) -> None:
    named = {volume.split(":")[0]: volume.split(":")[1] for volume in neo4j["volumes"]}
    assert set(named) == set(compose["volumes"])
    assert {"/data", "/logs"} == set(named.values())


def test_only_jars_that_neo4j_does_not_bring_are_added(tmp_path: Path) -> None:
    for folder, names in {
        "lib": ["hppc-0.7.3", "commons-lang3-3.18.0", "netty-common-4.1.118.Final", "jol-core-0.17"],
        "have": ["commons-lang3-3.17.0", "netty-common-4.1.130.Final", "jol-cli-0.17"],
        "to": [],
    }.items():
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / f"{name}.jar").touch()
    command = ["sh", str(ROOT / "deploy" / "neo4j" / "pick-jars.sh"), "lib", "have", "to"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert {path.name for path in (tmp_path / "to").iterdir()} == {"hppc-0.7.3.jar", "jol-core-0.17.jar"}


def test_the_api_is_asked_for_by_name_and_keeps_to_this_machine(compose: dict[str, Any]) -> None:
    api = compose["services"]["api"]
    assert api["profiles"] == ["api"]
    assert all(port.startswith("127.0.0.1:") for port in api["ports"])
    assert api["read_only"] is True
    assert api["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in api["security_opt"]
    assert "mem_limit" in api
    assert "/readyz" in " ".join(api["healthcheck"]["test"])
    assert not [name for name in api["environment"] if "PASSWORD" in name or "KEY" in name]


def test_the_image_of_the_api_has_every_room(compose: dict[str, Any]) -> None:
    text = (ROOT / compose["services"]["api"]["build"]["dockerfile"]).read_text()
    copied = set(re.findall(r"^COPY (?:--chmod=\S+ )?((?:\S+ )+)\S+$", text, flags=re.MULTILINE))
    paths = {path for line in copied for path in line.split()}
    assert all((ROOT / path).exists() for path in paths)
    with (ROOT / "pyproject.toml").open("rb") as declared:
        rooms = tomllib.load(declared)["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(rooms) <= paths
    assert re.search(r"^USER 1000", text, flags=re.MULTILINE)
