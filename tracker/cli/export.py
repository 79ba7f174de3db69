"""What goes out: a tracker's records as files, and the whole public site."""

import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa

from tracker.cli.database import open_engine, open_newest, show_progress
from tracker.clock import today
from tracker.db.engine import reading
from tracker.db.revision import Revisions
from tracker.exports.columns import Origin
from tracker.exports.folder import ORDER, PUBLIC, WHOLE
from tracker.exports.workbook import LAST_ROW, TooLarge, write_workbook
from tracker.publish.folder import publication_in
from tracker.queries import folder as queries
from tracker.queries.public import rows, tables
from tracker.queries.public.filters import AskFilter
from tracker.services import files
from tracker.services.files import part_of
from tracker.settings import Settings

if TYPE_CHECKING:
    from tracker.publish.pages import Site

LOOK_EVERY = 5
SHOWN_EVERY = 100


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--xlsx", is_flag=True, help="Write one workbook, policy-asks.xlsx, instead of CSV files.")
@click.option("--internal", is_flag=True, help="Also drafts, archived and put-aside records, and their internal notes.")
def export(folder: Path, xlsx: bool, internal: bool) -> None:
    """Write every public file into FOLDER.

    They are as the site offers them, with some more, such as former addresses and disputes that ended. An empty tracker
    takes them in with `tracker import FOLDER`. With `--internal` the public pages of a copy are the same; its files are
    for their owner alone.
    """
    settings, engine = Settings.from_env(), open_engine()
    if xlsx and internal:
        raise click.UsageError("A workbook has the public columns only: choose --xlsx or --internal.")
    if xlsx:
        _write_workbook(engine, folder, settings)
    else:
        _write_folder(engine, folder, settings.site_url, internal=internal)


def _write_folder(engine: sa.Engine, folder: Path, site_url: str, *, internal: bool) -> None:
    """Write every file of a folder; with what staff alone see, for their owner's eyes only."""
    folder.mkdir(mode=0o700 if internal else 0o777, parents=True, exist_ok=True)
    tables, mode = (WHOLE, files.OURS) if internal else (PUBLIC, files.PUBLIC)
    for name in filter(tables.__contains__, ORDER):
        table, path = tables[name], folder / f"{name}.csv"
        with part_of(path, replace=True, mode=mode) as part, part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(table.csv(queries.read(engine, name, internal=internal), site_url))
        click.echo(f"wrote {path}")


def _write_workbook(engine: sa.Engine, folder: Path, settings: Settings) -> None:
    """Write the public tables as one workbook."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "policy-asks.xlsx"
    with reading(engine) as session:
        edition = rows.find_edition(session)
    made = BytesIO()  # a zip file that cannot be written to its end is closed noisily
    try:
        write_workbook(
            made,
            Origin(settings.site_url, settings.face, edition.revision, edition.published_at),
            lambda name: tables.read(engine, name, AskFilter()),
        )
    except TooLarge:
        raise click.ClickException(f"A sheet holds {LAST_ROW} rows, and there are more. Take CSV files.") from None
    with part_of(path, replace=True, mode=files.PUBLIC) as part:
        part.write_bytes(made.getbuffer())
    click.echo(f"wrote {path}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--live", metavar="ADDRESS", help="Where the live site is, to which searches lead.")
@click.option("--watch", is_flag=True, help="Go on, and write within a minute of a change and after midnight.")
def publish(folder: Path, live: str | None, watch: bool) -> None:
    """Write the whole public site into FOLDER, for any web server.

    Only what changed is written. Files that somebody edited are never touched: the command names the first, and
    leaves everything as it was. What asks a question, such as a search, leads to the live site; without --live it is
    left out. Stopped at any moment it leaves a site that the next one makes whole.
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
                    site.write_into(publication, _progress)
                    done = publication.finish(about)
                click.echo(f"Files written: {done.written}, deleted: {done.deleted}, unchanged: {done.unchanged}.")
                last = state
            elif not watch:
                return
            else:
                time.sleep(LOOK_EVERY)
    except KeyboardInterrupt:
        if not watch:
            raise click.ClickException("Stopped. The next time it begins again.") from None


def _open_site(settings: Settings, live: str) -> "Site":
    from tracker.app import create_app  # the whole site, which takes its time
    from tracker.publish.pages import Site

    app = create_app(replace(settings, cache_mb=0), limits=None)  # nothing is asked for twice, and nobody waits
    site = Site(app, settings.site_url, live)
    click.get_current_context().call_on_close(site.engine.dispose)
    return site


def _progress(done: int, known: int) -> None:
    if done % SHOWN_EVERY == 0:
        show_progress(f"{done} of {known} or more")
