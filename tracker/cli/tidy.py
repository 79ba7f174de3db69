"""The command that removes what is kept no longer, for cron."""

import click

from tracker.cli.database import open_engine
from tracker.cli.schema import require_newest
from tracker.clock import now
from tracker.db.engine import writing
from tracker.services import personal_data


@click.command()
def tidy() -> None:
    """Delete old sessions, failed sign-ins and expired links.

    Sessions go after 30 days, failures after one, links when they expire. The event log stays.
    """
    engine = open_engine()
    require_newest(engine)
    with writing(engine) as session:
        number = personal_data.tidy(session, now())
    click.echo(f"Deleted: {number}.")
