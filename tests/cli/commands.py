"""The command line as a function: what a command answered, in this process or as a program of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from tracker.cli import main

CHECKOUT = Path(__file__).resolve().parents[2]
SECRET = "0123456789abcdef0123456789abcdef"
PASSWORD = "four unrelated words for tests"
SETTINGS = ("DATABASE_URL", "SECRET_KEY", "HOST", "PORT", "TRACKER_ENV", "TRACKER_SITE_URL", "TRACKER_CONTACT_EMAIL")


@dataclass(frozen=True)
class Answer:
    """What a command said to people and to programs, and its exit code."""

    out: str
    err: str
    code: int


Tracker = Callable[..., Answer]


def tracker_on(url: str | None) -> Tracker:
    """tracker("user", "list", code=0, typed="", NAME="value") -> the answer; fails when it ends with another code.

    Without a URL, the environment names no database.
    """

    def tracker(*arguments: str | Path, code: int | None = 0, typed: str = "", **environment: str) -> Answer:
        nothing: dict[str, str | None] = dict.fromkeys(SETTINGS)
        given = nothing | {"DATABASE_URL": url, "SECRET_KEY": SECRET} | environment
        with patch.dict(os.environ):  # a file .env that the command reads is forgotten again
            result = CliRunner(catch_exceptions=False).invoke(main, list(map(str, arguments)), input=typed, env=given)
        assert code in {None, result.exit_code}, f"{arguments} ended with {result.exit_code}:\n{result.output}"
        return Answer(result.stdout, result.stderr, result.exit_code)

    return tracker


def run_program(*arguments: str | Path, cwd: Path, **environment: str) -> Answer:
    """A command as a program of its own, which sees no settings but those given."""
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), "PYTHONPATH": str(CHECKOUT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    return Answer(done.stdout, done.stderr, done.returncode)
