"""The database of the settings, for commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa

from tracker.clock import now, set_zone
from tracker.db.engine import make_engine, writing
from tracker.paths import var_dir
from tracker.rules.permissions import Actor
from tracker.services.change import Change
from tracker.services.sessions import digest
from tracker.settings import Settings


def open_engine() -> sa.Engine:
    """The engine for the database of the settings, closed when the command ends; its statements may take long.

    From then on days are those of the settings' time zone.
    """
    settings = Settings.from_env()
    set_zone(settings.face.time_zone)
    engine = make_engine(settings.database_url)
    click.get_current_context().call_on_close(engine.dispose)
    return engine


def kept_checkpoint(engine: sa.Engine) -> Path:
    """Return the file, beside the secret key, with the highest checkpoint that was seen of this database."""
    return var_dir() / f"checkpoint-{digest(engine.url.render_as_string())[:16]}.txt"


class Unusable(click.ClickException):
    """What a command needs is not there or not right; the message says what to do. Ends with exit code 2."""

    exit_code = 2


@contextmanager
def changing(actor: Actor, keep: bool = True) -> Iterator[Change]:
    """A change by the command line; undone at the end when it is not to be kept."""
    with writing(open_engine()) as session:
        yield Change(session, actor, now())
        if not keep:
            session.rollback()
