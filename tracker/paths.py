"""Where the files are that the tracker reads, and those that a local installation keeps: its data and its secret."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent
HOME = CHECKOUT  # of var/, if this is a checkout


def resource_dir(name: str) -> Path:
    """Return the folder `templates`, `migrations`, `seeds`, `docs` or `docs/guide`, in a checkout or in a wheel."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else CHECKOUT / name


def var_dir() -> Path:
    """Return the folder of the data: `var/` beside the code, else in the working folder. Makes it."""
    base = HOME if (HOME / "pyproject.toml").is_file() else Path.cwd()
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
