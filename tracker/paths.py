"""Where the files beside the code are, in a checkout beside the package, in a wheel inside it; and a secret."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent


def resource_dir(name: str) -> Path:
    """Answer the folder `templates`, `migrations` or `seeds`."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else CHECKOUT / name


def kept_secret(path: Path) -> str:
    """A secret for local use, made once; when two processes make one at once, the first one's stays."""
    if not path.exists():
        proposal = path.with_name(f"{path.name}.{os.getpid()}")
        proposal.touch(mode=0o600)
        proposal.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with suppress(FileExistsError):
            path.hardlink_to(proposal)
        proposal.unlink()
    return path.read_text(encoding="ascii")
