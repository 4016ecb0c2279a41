"""`python -m benchmarks.child REPORT one-core|all-cores ARGUMENTS…`: `fingraph`, with an account of what it took."""

from __future__ import annotations

import json
import os
import resource
import runpy
import sys
from pathlib import Path


def main() -> None:
    """Run the command line of FinGraph in this process; at its end write seconds and memory to the report."""
    report, cores, *arguments = sys.argv[1:]
    if cores == "one-core" and hasattr(os, "sched_setaffinity"):
        # Before any library is imported: the threads it starts inherit this.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sys.argv = ["fingraph", *arguments]
    try:
        runpy.run_module("cli", run_name="__main__")
    finally:
        used = resource.getrusage(resource.RUSAGE_SELF)
        took = {"peak_mb": _peak_mb(used), "cpu_seconds": round(used.ru_utime + used.ru_stime, 3)}
        Path(report).write_text(json.dumps(took))


def _peak_mb(used: resource.struct_rusage) -> float:
    """Peak resident memory; ru_maxrss would count what the parent held when it started us."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
