"""Where the files beside the code are: in a checkout beside the package, in a wheel inside it."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent


def resource_dir(name: str) -> Path:
    """Return the folder `templates`, `migrations`, `seeds`, `docs` or `docs/guide`, in a checkout or in a wheel."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else CHECKOUT / name
