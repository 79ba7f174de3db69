"""The command that writes the whole public site as plain files."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import click
import sqlalchemy as sa

from tracker.cli.database import open_engine
from tracker.cli.schema import require_newest
from tracker.clock import today
from tracker.db.engine import reading
from tracker.db.revision import Revisions
from tracker.publish.folder import FileCounts, publication_in
from tracker.settings import Settings

LOOK_EVERY = 20
SHOWN_EVERY = 100


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--live", metavar="ADDRESS", help="Where the live site is, to which searches lead.")
@click.option("--watch", is_flag=True, help="Go on, and write within a minute of a change and after midnight.")
def publish(folder: Path, live: str | None, watch: bool) -> None:
    """Write the whole public site into FOLDER, for any web server.

    Only what changed is written. Files that somebody edited are never touched: the command names the first, and
    leaves everything as it was. What asks a question, such as a search, leads to the live site; without --live it is
    left out.
    """
    settings = Settings.from_env()
    if settings.is_site_url_guessed:
        raise click.ClickException("TRACKER_SITE_URL is missing, and pages name it. Nothing was written.")
    engine = open_engine()
    require_newest(engine)
    live = (live or "").rstrip("/")
    if live and not live.startswith(("https://", "http://")):
        raise click.ClickException("Addresses begin with https://. Nothing was written.")
    revisions, last = Revisions(engine), None
    while True:
        state = revisions.read(), today()
        if state != last:
            click.echo(_in_words(_publish(settings, engine, folder, live)))
            last = state
        if not watch:
            return
        time.sleep(LOOK_EVERY)


def _publish(settings: Settings, engine: sa.Engine, folder: Path, live: str) -> FileCounts:
    from tracker.app import create_app  # the whole site, which takes its time
    from tracker.publish.links import SiteLinks
    from tracker.publish.pages import Site, lists_of

    with publication_in(folder) as publication:
        with reading(engine) as session:
            lists = tuple(lists_of(session))
        app = create_app(replace(settings, cache_mb=0))  # nothing is asked for twice
        try:
            site = Site(app, SiteLinks(settings.site_url, live), lists)
            checkpoint = site.checkpoint()
            site.write_into(publication, _progress)
            return publication.finish({"site": settings.site_url, "checkpoint": checkpoint})
        finally:
            app.extensions["tracker_engine"].dispose()


def _progress(done: int, known: int) -> None:
    """How far a long publication is, for somebody who watches."""
    if done % SHOWN_EVERY == 0 and sys.stderr.isatty():
        click.echo(f"\r{done} of {known} or more", nl=False, err=True)


def _in_words(outcome: FileCounts) -> str:
    return f"Files written: {outcome.written}, deleted: {outcome.deleted}, unchanged: {outcome.unchanged}."
