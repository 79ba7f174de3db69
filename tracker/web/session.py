"""The request's database sessions: one that only reads, and short ones that write."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

import sqlalchemy as sa
from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from tracker.clock import now
from tracker.db.engine import reading, writing
from tracker.models import Person
from tracker.rules.errors import NotAllowed
from tracker.rules.people import Actor
from tracker.services.change import Change

_STANDING = sa.select(Person.is_active, Person.role).where(Person.id == sa.bindparam("person_id"))


def engine() -> sa.Engine:
    """The engine of the running app."""
    return cast(sa.Engine, current_app.extensions["tracker_engine"])


def db() -> Session:
    """The reading session of this request, begun at its first use; it sees one moment's state."""
    if "reading" not in g:
        manager = reading(engine())
        g.reading_session = manager.__enter__()  # may fail, and then there is nothing to end
        g.reading = manager
    return cast(Session, g.reading_session)


@contextmanager
def transaction(actor: Actor) -> Iterator[Change]:
    """A change by the actor; committed at the end of the block, undone when it raises.

    Raises NotAllowed when the actor was deactivated, erased or given another role while waiting for the lock.
    """
    with _begun(actor) as change:
        found = change.session.execute(_STANDING, {"person_id": actor.id}).first()
        if found and found != (True, actor.role):
            raise NotAllowed("Your account was changed meanwhile. Nothing was changed. Sign in again.")
        yield change


@contextmanager
def rehearsal(actor: Actor) -> Iterator[Change]:
    """A change that is undone at the end of the block, for a preview of what it would do."""
    with _begun(actor) as change:
        yield replace(change, four_eyes=False)
        change.session.flush()
        change.session.rollback()


@contextmanager
def _begun(actor: Actor) -> Iterator[Change]:
    """The reading session ends first: a reader would hold up the commit of a SQLite database."""
    stop_reading()
    with writing(engine()) as session:
        yield Change(session, actor, now(), current_app.config["FOUR_EYES"])


def stop_reading(_error: BaseException | None = None) -> None:
    """End the reading session, if there is one."""
    if "reading" in g:
        g.pop("reading_session")
        g.pop("reading").__exit__(None, None, None)


def init_app(app: Flask, engine: sa.Engine) -> None:
    """Give the app its engine, and end each request's reading session."""
    app.extensions["tracker_engine"] = engine
    app.teardown_appcontext(stop_reading)
