"""Starts and stops the commands of tracker.service in place of systemd: unit.py ROOT start tracker."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path


def start(root: Path) -> None:
    """Run what comes first to its end, and what serves until it is stopped."""
    unit = (root / "etc/systemd/system/tracker.service").read_text()
    unit = re.sub(r"(?<==)(/(?:opt|srv)/)", rf"{root}\1", unit)
    told = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    folder, environment = told["WorkingDirectory"], {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    subprocess.run(shlex.split(told["ExecStartPre"]), cwd=folder, env=environment, check=True)
    with (root / "journal").open("ab") as journal:
        process = subprocess.Popen(
            shlex.split(told["ExecStart"]), cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=journal, stderr=journal, start_new_session=True,
        )  # fmt: skip
    (root / "main-pid").write_text(str(process.pid))


def stop(root: Path) -> None:
    """Stop it, and wait for its end."""
    kept = root / "main-pid"
    if not kept.exists():
        return
    process = int(kept.read_text())
    os.kill(process, signal.SIGTERM)
    while _lives(process):
        time.sleep(0.05)
    kept.unlink()


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    machine, verb = Path(sys.argv[1]), sys.argv[2]
    if verb in {"stop", "disable"}:
        stop(machine)
    if verb in {"start", "enable"}:
        start(machine)
