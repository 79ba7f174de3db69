"""For operators: is the process alive, and can it do its work?"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from time import monotonic
from wsgiref.types import StartResponse, WSGIEnvironment

import sqlalchemy as sa
from flask import Blueprint, Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from tracker.models import Revision
from tracker.web.session import engine

bp = Blueprint("health", __name__)
LEAST_FREE_BYTES = 64 * 1024 * 1024
PROBE = b"\0" * 4096
PATHS = ("/healthz", "/readyz")
FRESH_SECONDS = 1.0
Answer = tuple[str, int, dict[str, str]]


class LastLook:
    """What was found when the site was last looked at: however many ask, one looks, and at most once a second."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.at: float | None = None
        self.is_ready = False

    def find(self) -> bool:
        """Return True if the site is ready; while somebody looks, what was found before."""
        if self._is_old() and self.lock.acquire(blocking=self.at is None):
            try:
                if self._is_old():
                    self.is_ready, self.at = _is_ready(), monotonic()
            finally:
                self.lock.release()
        return self.is_ready

    def _is_old(self) -> bool:
        return self.at is None or monotonic() - self.at >= FRESH_SECONDS


@bp.get("/healthz")
def alive() -> Answer:
    return _answer(True)


@bp.get("/readyz")
def ready() -> Answer:
    """Answer 200 if the schema is the newest, the disk has room and a row can be written; else 503."""
    look: LastLook = current_app.extensions["tracker_last_look"]
    return _answer(look.find())


def init_app(app: Flask) -> None:
    """Answer probes whatever Host they name, since they ask by address; no answer repeats it."""
    app.extensions["tracker_last_look"] = LastLook()
    inner = app.wsgi_app

    def by_any_name(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] in PATHS and "," not in environ.get("HTTP_HOST", ""):  # two are no name at all
            environ["HTTP_HOST"] = "localhost"
        return inner(environ, start_response)

    app.wsgi_app = by_any_name  # type: ignore[method-assign]


def _is_ready() -> bool:
    from tracker.db import migrate  # Alembic takes its time, and no page needs it

    try:
        return migrate.current(engine()) == migrate.head() and _has_room() and _can_write()
    except (SQLAlchemyError, OSError):
        return False


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
