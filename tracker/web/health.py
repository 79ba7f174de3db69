"""For operators: is the process alive, and can it do its work?"""

import shutil
from pathlib import Path

import sqlalchemy as sa
from flask import Blueprint, current_app
from sqlalchemy.exc import SQLAlchemyError

from tracker.db import migrate
from tracker.db.engine import reading
from tracker.models import Revision
from tracker.services import rebuild
from tracker.web.session import engine

bp = Blueprint("health", __name__)
LEAST_FREE_BYTES = 64 * 1024 * 1024
Answer = tuple[str, int, dict[str, str]]


@bp.get("/healthz")
def alive() -> Answer:
    return _answer(True)


@bp.get("/readyz")
def ready() -> Answer:
    """Whether the schema is the newest and its lists are filled, the disk has room and a row can be written."""
    try:
        is_ready = migrate.current(engine()) == migrate.head() and _is_filled() and _has_room() and _can_write()
    except SQLAlchemyError:
        is_ready = False
    return _answer(is_ready)


def _answer(is_well: bool) -> Answer:
    text = "ok\n" if is_well else "not ready\n"
    return text, 200 if is_well else 503, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


def _is_filled() -> bool:
    """Whether the lists and counts were derived by this version; `tracker db upgrade` does so."""
    with reading(engine()) as session:
        return rebuild.is_current(session)


def _has_room() -> bool:
    database = engine().url.database
    if engine().dialect.name != "sqlite" or not database:
        return True
    return shutil.disk_usage(Path(database).parent).free >= LEAST_FREE_BYTES


def _can_write() -> bool:
    if current_app.config["READ_ONLY"]:
        return True  # nobody will
    """Whether a row can be written; it is undone."""
    with engine().connect() as connection:
        connection.execute(sa.update(Revision).values(number=Revision.number))
        connection.rollback()
    return True
