"""The command that writes the whole public site as plain files."""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.database import open_newest, show_progress
from tracker.clock import today
from tracker.db.revision import Revisions
from tracker.publish.folder import publication_in
from tracker.settings import Settings

if TYPE_CHECKING:
    from tracker.publish.pages import Site

LOOK_EVERY = 5
SHOWN_EVERY = 100


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--live", metavar="ADDRESS", help="Where the live site is, to which searches lead.")
@click.option("--watch", is_flag=True, help="Go on, and write within a minute of a change and after midnight.")
def publish(folder: Path, live: str | None, watch: bool) -> None:
    """Write the whole public site into FOLDER, for any web server.

    Only what changed is written. Files that somebody edited are never touched: the command names the first, and
    leaves everything as it was. What asks a question, such as a search, leads to the live site; without --live it is
    left out. When it was stopped, the next one goes on from there.
    """
    settings = Settings.from_env()
    if settings.is_site_url_guessed:
        raise click.ClickException("TRACKER_SITE_URL is missing, and pages name it. Nothing was written.")
    open_newest()
    live = (live or "").rstrip("/")
    if live and not live.startswith(("https://", "http://")):
        raise click.ClickException("Addresses begin with https://. Nothing was written.")
    site, last = _open_site(settings, live), None
    revisions = Revisions(site.engine)
    try:
        while True:
            state = revisions.read(), today()
            if state != last:  # also when it changed while pages were made
                with publication_in(folder) as publication:
                    about = {"site": site.own, "checkpoint": site.checkpoint()}
                    site.write_into(publication, repr(state), _progress)
                    done = publication.finish(about)
                click.echo(f"Files written: {done.written}, deleted: {done.deleted}, unchanged: {done.unchanged}.")
                last = state
            elif not watch:
                return
            else:
                time.sleep(LOOK_EVERY)
    except KeyboardInterrupt:
        if not watch:
            raise click.ClickException("Stopped. The next time it goes on from here.") from None


def _open_site(settings: Settings, live: str) -> "Site":
    from tracker.app import create_app  # the whole site, which takes its time
    from tracker.publish.pages import Site
    from tracker.web.build import digest

    app = create_app(replace(settings, cache_mb=0), limits=None)  # nothing is asked for twice, and nobody waits
    site = Site(app, settings.site_url, live, digest(settings))
    click.get_current_context().call_on_close(site.engine.dispose)
    return site


def _progress(done: int, known: int) -> None:
    if done % SHOWN_EVERY == 0:
        show_progress(f"{done} of {known} or more")
