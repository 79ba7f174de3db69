"""For operators: is the process alive, and can it do its work?"""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryFile

import sqlalchemy as sa
from flask import Blueprint, current_app
from sqlalchemy.exc import SQLAlchemyError

from tracker.db import migrate
from tracker.models import Revision
from tracker.web.session import engine

bp = Blueprint("health", __name__)
LEAST_FREE_BYTES = 64 * 1024 * 1024
PROBE = b"\0" * 4096
Answer = tuple[str, int, dict[str, str]]


@bp.get("/healthz")
def alive() -> Answer:
    return _answer(True)


@bp.get("/readyz")
def ready() -> Answer:
    """Answer 200 if the schema is the newest, the disk has room and a row can be written; else 503."""
    try:
        is_ready = migrate.current(engine()) == migrate.head() and _has_room() and _can_write()
    except (SQLAlchemyError, OSError):
        is_ready = False
    return _answer(is_ready)


def _answer(is_well: bool) -> Answer:
    text = "ok\n" if is_well else "not ready\n"
    return text, 200 if is_well else 503, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


def _has_room() -> bool:
    folder = _folder()
    return folder is None or shutil.disk_usage(folder).free >= LEAST_FREE_BYTES


def _can_write() -> bool:
    """True if a row can be written, which is rolled back, and a small file synced to the disk."""
    if current_app.config["READ_ONLY"]:
        return True  # nobody will
    with engine().connect() as connection:
        connection.execute(sa.update(Revision).values(number=Revision.number))
        connection.rollback()
    if folder := _folder():
        with TemporaryFile(dir=folder) as file:
            file.write(PROBE)
            file.flush()
            os.fsync(file.fileno())
    return True


def _folder() -> Path | None:
    """Where the file of the database lies, if it is one."""
    path = engine().url.database
    return Path(path).parent if engine().dialect.name == "sqlite" and path else None
