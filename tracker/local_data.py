"""What a local installation keeps beside its code: its data, and the secret that it made for itself."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from tracker.paths import CHECKOUT


def var_dir() -> Path:
    """Return the folder of the data: `var/` beside the code, else in the working folder. Makes it."""
    base = CHECKOUT if (CHECKOUT / "pyproject.toml").is_file() else Path.cwd()
    folder = base / "var"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def kept_secret() -> str:
    """Return the secret for local use, made once; when two processes make one at once, the first one's stays."""
    path = var_dir() / "secret_key"
    if not path.exists():
        proposal = path.with_name(f"{path.name}.{os.getpid()}")
        proposal.touch(mode=0o600)
        proposal.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with suppress(FileExistsError):
            path.hardlink_to(proposal)
        proposal.unlink()
    return path.read_text(encoding="ascii")
