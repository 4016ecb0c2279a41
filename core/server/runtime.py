"""The jars of Neo4j Community and GDS, fetched once with Maven and shared by homes with the same cache."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from core.errors import EnvironmentMissingError
from core.files import disk_errors, disk_full, locked, require_disk, says_disk_full
from core.progress import SILENT, Progress
from core.server.java import WAYS_ON, Java, find_java, find_maven
from core.settings import Settings

COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.0:copy-dependencies"
PLUGIN_GROUPS = "org.neo4j.gds,org.neo4j.procedure"
NEED_MB = 500
"""Room for the jars and for Maven's own copy of them."""
FETCH_TIMEOUT_S = 1_800


@dataclass(frozen=True)
class Runtime:
    """A complete set of jars: Neo4j's in `lib`, GDS's in `plugins`."""

    folder: Path
    neo4j_version: str
    gds_version: str

    @property
    def lib(self) -> Path:
        """Neo4j's jars and all third-party ones."""
        return self.folder / "lib"

    @property
    def plugins(self) -> Path:
        """The jars whose procedures Neo4j loads; they must be on the class path as well."""
        return self.folder / "plugins"

    @property
    def complete(self) -> bool:
        """Whether the jars that matter most are there."""
        needed = (
            self.lib / f"neo4j-{self.neo4j_version}.jar",
            self.lib / f"neo4j-server-{self.neo4j_version}.jar",
            self.plugins / f"proc-{self.gds_version}.jar",
        )
        return all(jar.is_file() for jar in needed)


def pom() -> bytes:
    """The Maven project that names the jars, as it is shipped."""
    return files("core.server").joinpath("neo4j-runtime.pom.xml").read_bytes()


def _version(text: str, name: str) -> str:
    match = re.search(rf"<{re.escape(name)}>([^<]+)</", text)
    if match is None:
        raise ValueError(f"the pom names no {name}")
    return match[1]


def runtime_of(settings: Settings) -> Runtime:
    """Where the runtime of this version of FinGraph belongs in the cache, present or not."""
    content = pom()
    text = content.decode()
    folder = settings.cache / f"neo4j-{hashlib.sha256(content).hexdigest()[:12]}"
    return Runtime(folder, _version(text, "neo4j.v"), _version(text, "gds.v"))


def ensure_runtime(settings: Settings, progress: Progress = SILENT) -> Runtime:
    """The runtime, fetched with Maven when the cache has none (about 150 MB, 10 to 60 s).

    Several callers at once fetch it once. Writes only below the cache, and Maven into its own repository.
    Raises `EnvironmentMissingError`: `java.*`, `maven.missing`, `maven.failed`, `disk.full`.
    """
    runtime = runtime_of(settings)
    if runtime.complete:
        return runtime
    java, maven = find_java(settings), find_maven()
    with disk_errors(settings.cache):
        settings.cache.mkdir(parents=True, exist_ok=True)
        with locked(settings.cache / f".{runtime.folder.name}.lock", FETCH_TIMEOUT_S, "fetch Neo4j"):
            if not runtime.complete:
                require_disk(settings.cache, NEED_MB)
                _fetch(runtime, maven, java, progress)
    return runtime


def _fetch(runtime: Runtime, maven: Path, java: Java, progress: Progress) -> None:
    cache = runtime.folder.parent
    for left in cache.glob(f".{runtime.folder.name}-*"):
        shutil.rmtree(left)  # a fetch that was killed; nobody else is at work, we hold the lock
    draft = Path(tempfile.mkdtemp(prefix=f".{runtime.folder.name}-", dir=cache))
    try:
        (draft / "pom.xml").write_bytes(pom())
        progress.step("Fetching Neo4j and GDS with Maven (once)", 2, "parts")
        for place, selection in (
            ("lib", f"-DexcludeGroupIds={PLUGIN_GROUPS}"),
            ("plugins", f"-DincludeGroupIds={PLUGIN_GROUPS}"),
        ):
            _maven(maven, java, draft, selection, draft / place)
            progress.advance(1)
        fetched = Runtime(draft, runtime.neo4j_version, runtime.gds_version)
        if not fetched.complete:
            raise EnvironmentMissingError(
                "maven.failed", "Maven ended well but left jars out; run again.", hints=WAYS_ON
            )
        if runtime.folder.exists():
            shutil.rmtree(runtime.folder)
        draft.chmod(0o755)
        draft.rename(runtime.folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _without_ours(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without FinGraph's settings, some of which are secrets."""
    return {k: v for k, v in environ.items() if not k.startswith(("NEO4J_", "FINGRAPH_"))}


def _maven(maven: Path, java: Java, folder: Path, selection: str, target: Path) -> None:
    command = [
        str(maven),
        "-q",
        "-B",
        COPY,
        "-DincludeScope=runtime",
        selection,
        f"-DoutputDirectory={target}",
    ]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**_without_ours(os.environ), "JAVA_HOME": str(java.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            timeout=FETCH_TIMEOUT_S,
            check=False,
        )
        output, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired:
        output, code = f"no end after {FETCH_TIMEOUT_S} s", -1
    if code == 0:
        return
    if says_disk_full(output):
        raise disk_full(target.parent, NEED_MB)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output).strip().splitlines()
    end = "\n".join(line[:300] for line in plain[-12:])
    raise EnvironmentMissingError(
        "maven.failed",
        "Maven could not fetch Neo4j; the machine may be offline, or its Maven settings name no repository "
        f"that has it. Its last lines:\n{end}",
        hints=WAYS_ON,
    )
