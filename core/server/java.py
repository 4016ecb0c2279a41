"""Finds a Java that runs Neo4j 5.26 (17 or 21), and Maven, which fetches the server once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import EnvironmentMissingError
from core.settings import Settings

SUPPORTED = (17, 21)
"""The Java versions that Neo4j 5.26 is released for."""

PLACES = (
    "/usr/lib/jvm/*/bin/java",
    "/opt/java/*/bin/java",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home/bin/java",
    "/opt/homebrew/opt/openjdk*/bin/java",
    "/usr/local/opt/openjdk*/bin/java",
)
"""Glob patterns of where Java is usually installed (Linux, macOS, Homebrew)."""

MAVEN_PLACES = ("/usr/share/maven/bin/mvn", "/opt/homebrew/bin/mvn", "/usr/local/bin/mvn")

WAYS_ON = (
    "Install Java 17 or 21 and Maven (Debian: apt-get install openjdk-17-jre-headless maven; "
    "macOS: brew install openjdk@21 maven), then run: fingraph db start",
    "Or use Docker: docker compose up -d --build, then set NEO4J_URI=bolt://127.0.0.1:7687, NEO4J_USER and "
    "NEO4J_PASSWORD (see docs/server.md)",
    "Or use a Neo4j 5.26 with GDS that you have: set NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD",
)
"""The three ways to a graph, a line each."""


@dataclass(frozen=True)
class Java:
    """A Java that answered `-version`."""

    path: Path
    version: str
    major: int

    @property
    def fits(self) -> bool:
        """Whether it runs Neo4j 5.26."""
        return self.major in SUPPORTED

    @property
    def home(self) -> Path:
        """The folder that JAVA_HOME should name for it."""
        return self.path.resolve().parent.parent


def parse_version(text: str) -> tuple[str, int] | None:
    """`("17.0.15", 17)` from what `java -version` prints; `1.8.0_402` is major 8; None when it says none."""
    match = re.search(r'version "((?:1\.)?(\d+)[^"]*)"', text)
    return (match[1], int(match[2])) if match else None


def probe(path: Path) -> Java | None:
    """The Java at `path`, or None when there is none that runs."""
    if not os.access(path, os.X_OK) or path.is_dir():
        return None
    try:
        done = subprocess.run(
            [str(path), "-version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    parsed = parse_version(done.stderr + done.stdout)
    return Java(path, *parsed) if done.returncode == 0 and parsed else None


def _candidates(environ: Mapping[str, str], places: Sequence[str]) -> Iterator[Path]:
    if environ.get("JAVA_HOME"):
        yield Path(environ["JAVA_HOME"]) / "bin" / "java"
    on_path = shutil.which("java", path=environ.get("PATH", ""))
    if on_path:
        yield Path(on_path)
    for pattern in places:
        yield from sorted(Path("/").glob(pattern.lstrip("/")))


def installed_javas(
    settings: Settings, environ: Mapping[str, str] | None = None, places: Sequence[str] = PLACES
) -> list[Java]:
    """Every Java found, best place first: FINGRAPH_JAVA alone when it is set, else JAVA_HOME, PATH, `places`."""
    env = os.environ if environ is None else environ
    paths = [settings.java] if settings.java is not None else list(_candidates(env, places))
    found: dict[Path, Java] = {}
    for path in paths:
        real = path.resolve()
        if real not in found:
            java = probe(path)
            if java is not None:
                found[real] = java
    return list(found.values())


def find_java(
    settings: Settings, environ: Mapping[str, str] | None = None, places: Sequence[str] = PLACES
) -> Java:
    """The first Java 17 or 21.

    Raises `EnvironmentMissingError`: `java.missing` (none runs), `java.too_old` (only older ones than 17, or
    one in between), `java.too_new` (a newer one than 21, and none that fits); each names what was found.
    """
    found = installed_javas(settings, environ, places)
    for java in found:
        if java.fits:
            return java
    if not found:
        where = f"FINGRAPH_JAVA ({settings.java}) does not run" if settings.java else "No Java was found"
        raise EnvironmentMissingError("java.missing", f"{where}; Neo4j needs Java 17 or 21.", hints=WAYS_ON)
    seen = ", ".join(f"{java.version} ({java.path})" for java in found)
    newest = max(java.major for java in found)
    if newest > max(SUPPORTED):
        code, trouble = "java.too_new", "too new"
    else:
        code, trouble = "java.too_old", "too old"
    raise EnvironmentMissingError(
        code, f"Found Java {seen}: {trouble}. Neo4j 5.26 needs Java 17 or 21.", hints=WAYS_ON
    )


def find_maven(environ: Mapping[str, str] | None = None, places: Sequence[str] = MAVEN_PLACES) -> Path:
    """The `mvn` command from MAVEN_HOME, PATH or the usual places.

    Raises `EnvironmentMissingError` (`maven.missing`).
    """
    env = os.environ if environ is None else environ
    candidates = [Path(env[name]) / "bin" / "mvn" for name in ("MAVEN_HOME", "M2_HOME") if env.get(name)]
    on_path = shutil.which("mvn", path=env.get("PATH", ""))
    candidates += [Path(on_path)] if on_path else []
    candidates += [Path(place) for place in places]
    for path in candidates:
        if path.is_file() and os.access(path, os.X_OK):
            return path
    raise EnvironmentMissingError(
        "maven.missing",
        "No Maven (mvn) was found; it fetches the Neo4j server once (about 150 MB).",
        hints=WAYS_ON,
    )
