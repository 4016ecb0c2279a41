"""Runs Neo4j's own Java programs for one home: the server's command line and the admin tool."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import FinGraphError
from core.files import disk_full, says_disk_full, tail
from core.server.java import Java
from core.server.runtime import Runtime

FLAGS = (
    "-XX:+UseG1GC",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+UnlockExperimentalVMOptions",
    "-XX:+TrustFinalNonStaticFields",
    "-XX:+DisableExplicitGC",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "-Dfile.encoding=UTF-8",
)
"""What Neo4j's own launcher gives the JVM."""

SERVER_CLASS, ADMIN_CLASS = "org.neo4j.server.CommunityEntryPoint", "org.neo4j.cli.AdminTool"


class AdminError(FinGraphError):
    """Neo4j's admin tool ended with an error; the message carries the end of its output."""


@dataclass(frozen=True)
class Programs:
    """Java, the jars and the folder of one home's server."""

    java: Java
    runtime: Runtime
    folder: Path

    def environment(self) -> dict[str, str]:
        """This process's environment without its secrets and settings, with Neo4j's folders."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("NEO4J_", "FINGRAPH_"))}
        return {**kept, "NEO4J_HOME": str(self.folder), "NEO4J_CONF": str(self.folder / "conf")}

    def server_command(self, heap_mb: int) -> list[str]:
        """The command line that runs the server in the foreground with a heap of `heap_mb` MB."""
        classes = f"{self.runtime.plugins}/*:{self.folder}/conf/*:{self.runtime.lib}/*"
        return [
            str(self.java.path),
            *FLAGS,
            f"-Xms{heap_mb}m",
            f"-Xmx{heap_mb}m",
            "-cp",
            classes,
            SERVER_CLASS,
            f"--home-dir={self.folder}",
            f"--config-dir={self.folder / 'conf'}",
            "--console-mode",
        ]

    def run(
        self,
        args: Sequence[str],
        log: Path,
        *,
        heap_mb: int = 512,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        """Run the admin tool, every line into `log` and to `on_line` as it comes.

        Raises `AdminError` (`server.admin_failed`) or `EnvironmentMissingError` (`disk.full`).
        """
        command = [
            str(self.java.path),
            *FLAGS,
            f"-Xmx{heap_mb}m",
            "-cp",
            f"{self.runtime.lib}/*",
            ADMIN_CLASS,
        ]
        code = self._stream([*command, *args], log, on_line)
        if code != 0:
            output = tail(log)
            if says_disk_full(output):
                raise disk_full(self.folder)
            name = " ".join(word for word in args[:2] if not word.startswith("-"))
            raise AdminError(
                "server.admin_failed",
                f"Neo4j's `{name}` failed (exit {code}); all of it is in {log}:\n{output}",
            )

    def set_initial_password(self, password: str, secrets: Path, log: Path) -> None:
        """Give a server that never ran its password; it passes in a file, as any user may list arguments.

        Behind `--`, for a password may begin as an option does.
        Raises as `run` does.
        """
        handle, name = tempfile.mkstemp(prefix=".argument-", dir=secrets)
        argument = Path(name)
        words = ["-cp", f"{self.runtime.lib}/*", ADMIN_CLASS, "dbms", "set-initial-password", "--", password]
        try:
            with os.fdopen(handle, "w") as out:
                out.writelines(_quoted(word) + "\n" for word in words)
            code = self._stream([str(self.java.path), f"@{argument}"], log, None)
        finally:
            argument.unlink()
        if code != 0:
            output = tail(log).replace(password, "***")
            if says_disk_full(output):
                raise disk_full(self.folder)
            raise AdminError(
                "server.admin_failed", f"Neo4j did not take its first password (exit {code}):\n{output}"
            )

    def _stream(self, command: Sequence[str], log: Path, on_line: Callable[[str], None] | None) -> int:
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            with subprocess.Popen(
                command,
                env=self.environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            ) as child:
                assert child.stdout is not None  # noqa: S101 - a pipe was asked for
                for line in child.stdout:
                    out.write(line)
                    out.flush()
                    if on_line is not None:
                        on_line(line.rstrip("\n"))
            return child.returncode


def _quoted(word: str) -> str:
    """A word of a Java argument file: quoted, backslashes and quotes escaped."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
