"""A machine's Java and Maven are found or, when they do not fit, named with the ways on."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import EnvironmentMissingError
from core.server.java import Java, find_java, find_maven, installed_javas, parse_version, probe
from core.settings import Settings, load_settings


def fake_java(folder: Path, version: str) -> Path:
    """A `java` that prints a version as the real ones do, on stderr."""
    path = folder / "bin" / "java"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-04-15' >&2\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"FINGRAPH_HOME": str(tmp_path / "home")})


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ('openjdk version "17.0.15" 2025-04-15', ("17.0.15", 17)),
        ('openjdk version "21" 2023-09-19', ("21", 21)),
        ('java version "1.8.0_402"', ("1.8.0_402", 8)),
        ('openjdk version "25.0.3" 2026-04-21 LTS', ("25.0.3", 25)),
        ('openjdk version "22-ea" 2024-03-19', ("22-ea", 22)),
        ("no java here", None),
    ],
)
def test_version_is_read_from_what_java_prints(printed: str, expected: tuple[str, int] | None) -> None:
    assert parse_version(printed) == expected


def test_java_home_wins_over_path(settings: Settings, tmp_path: Path) -> None:
    first, second = fake_java(tmp_path / "a", "21.0.2"), fake_java(tmp_path / "b", "17.0.1")
    env = {"JAVA_HOME": str(tmp_path / "a"), "PATH": str(second.parent)}
    assert find_java(settings, env, places=()) == Java(first, "21.0.2", 21)


def test_a_fitting_java_is_found_behind_one_that_does_not_fit(settings: Settings, tmp_path: Path) -> None:
    old, good = fake_java(tmp_path / "old", "11.0.1"), fake_java(tmp_path / "jvm" / "j17", "17.0.9")
    env = {"PATH": str(old.parent)}
    assert find_java(settings, env, places=(f"{tmp_path}/jvm/*/bin/java",)).path == good


@pytest.mark.parametrize(
    ("version", "code"),
    [("11.0.22", "java.too_old"), ("1.8.0_402", "java.too_old"), ("25.0.3", "java.too_new")],
)
def test_a_java_that_does_not_fit_is_named_with_three_ways_on(
    settings: Settings, tmp_path: Path, version: str, code: str
) -> None:
    java = fake_java(tmp_path / "j", version)
    with pytest.raises(EnvironmentMissingError) as caught:
        find_java(settings, {"PATH": str(java.parent)}, places=())
    assert caught.value.code == code
    assert version in caught.value.message
    assert str(java) in caught.value.message
    hints = " ".join(caught.value.hints)
    assert len(caught.value.hints) == 3
    assert all(word in hints for word in ("Java 17 or 21", "docker compose", "NEO4J_URI"))


def test_no_java_at_all_has_its_own_error(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError) as caught:
        find_java(settings, {"PATH": str(tmp_path)}, places=())
    assert caught.value.code == "java.missing"
    assert len(caught.value.hints) == 3


def test_fingraph_java_is_used_alone_and_named_when_it_does_not_run(tmp_path: Path) -> None:
    wrong = load_settings({"FINGRAPH_JAVA": str(tmp_path / "nowhere" / "java")})
    with pytest.raises(EnvironmentMissingError) as caught:
        find_java(wrong)
    assert caught.value.code == "java.missing"
    assert "FINGRAPH_JAVA" in caught.value.message
    right = load_settings({"FINGRAPH_JAVA": str(fake_java(tmp_path / "j", "21.0.1"))})
    assert [java.major for java in installed_javas(right)] == [21]


def test_a_java_that_fails_or_is_a_folder_is_no_java(tmp_path: Path) -> None:
    broken = fake_java(tmp_path / "j", "17.0.1")
    broken.write_text("#!/bin/sh\nexit 1\n")
    assert probe(broken) is None
    assert probe(tmp_path) is None


def test_two_names_of_one_java_are_one(settings: Settings, tmp_path: Path) -> None:
    java = fake_java(tmp_path / "real", "17.0.1")
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    env = {"JAVA_HOME": str(tmp_path / "alias"), "PATH": str(java.parent)}
    assert len(installed_javas(settings, env, places=())) == 1


def test_missing_maven_has_its_own_error(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError) as caught:
        find_maven({"PATH": str(tmp_path)}, places=())
    assert caught.value.code == "maven.missing"
    assert len(caught.value.hints) == 3


def test_maven_home_wins_over_path(tmp_path: Path) -> None:
    maven = tmp_path / "maven" / "bin" / "mvn"
    maven.parent.mkdir(parents=True)
    maven.write_text("#!/bin/sh\n")
    maven.chmod(0o755)
    assert find_maven({"MAVEN_HOME": str(tmp_path / "maven"), "PATH": "/usr/bin"}) == maven
