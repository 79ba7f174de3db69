"""A folder that stands in for a machine on which the commands of docs/guide/operators.md are run as printed.

In place of root and systemd, a unit's commands are started and stopped, and owners stay as they are.
"""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

from tests.deployed import checked

CHECKOUT = Path(__file__).resolve().parents[2]
GUIDE = (CHECKOUT / "docs/guide/operators.md").read_text(encoding="utf-8")
OUTSIDE = re.compile(r"(?<![\w/.])/(?=(?:opt|srv|etc)/)")
PROGRAMS = {
    "sudo": 'while [ "$1" = -u ]; do shift 2; done\nexec "$@"',
    "adduser": 'mkdir "{root}/srv/tracker"',
    "systemctl": f'exec "{{python}}" "{CHECKOUT}/deploy/checks/unit.py" "{{root}}" "$@"',
    **dict.fromkeys(["apt-get", "chown", "deluser", "sudoedit"], "exit 0"),
}


def commands(heading: str, kind: str = "sh") -> list[str]:
    """Return the blocks of commands under a heading of the guide."""
    (section,) = re.findall(rf"^## {heading}$(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    return re.findall(rf"^```{kind}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


class Machine:
    """Runs commands as printed, with its own /opt, /srv and /etc."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("opt", "srv", "etc/systemd/system", "etc/cron.d", "bin"):
            (root / folder).mkdir(parents=True)
        for name, does in PROGRAMS.items():
            program = root / "bin" / name
            program.write_text(f"#!/bin/sh\n{does.format(root=root, python=sys.executable)}\n")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def run(self, text: str, folder: Path) -> str:
        """Run commands in a folder as one script that stops at the first that fails; return what they said."""
        script = OUTSIDE.sub(f"{self.root}/", text)
        assert not OUTSIDE.search(script.replace(str(self.root), "ROOT")), script
        ours = {"PATH": f"{self.root}/bin:{os.environ['PATH']}", "PREFIX": f"{self.root}/opt", "PYTHONPATH": ""}
        kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HOME", "LANG"))}
        done = subprocess.run(
            ["bash", "-ec", script], cwd=folder, env=kept | ours, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert done.returncode == 0, f"{script}\nended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def tracker(self, *words: str) -> str:
        """Run a command of the tracker that is installed there."""
        return self.run(f"cd /srv/tracker; /opt/tracker/bin/tracker {' '.join(words)}", self.root)


def clone(folder: Path, commit: str = "HEAD") -> Path:
    """Return a clean clone of the repository as it was then."""
    checked("git", "clone", "--quiet", "--no-checkout", CHECKOUT, folder)
    checked("git", "-C", folder, "-c", "advice.detachedHead=false", "checkout", "--quiet", commit)
    return folder
