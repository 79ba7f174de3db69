"""What an SQLite database has left in its files."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session


def need_overwriting(session: Session) -> None:
    """Go on only where SQLite overwrites what it deletes; a write-ahead log keeps pages until its next checkpoint."""
    pragmas = {name: session.scalar(sa.text(f"PRAGMA {name}")) for name in ("secure_delete", "journal_mode")}
    if pragmas != {"secure_delete": 1, "journal_mode": "persist"}:
        pytest.skip(f"NOT TESTED: this SQLite has {pragmas}")


def held_in_files(engine: sa.Engine) -> bytes:
    """The bytes of the database and of what lies beside it, after everybody has closed it."""
    engine.dispose()
    path = Path(engine.url.database or "")
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
