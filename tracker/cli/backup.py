"""Commands that make a backup and put one back."""

import sqlite3
from contextlib import suppress
from pathlib import Path

import click

from tracker.cli.database import kept_checkpoint, open_engine, show_progress
from tracker.clock import now
from tracker.services import backup as backups
from tracker.services.backup import Contents

MEGABYTE = 1024 * 1024


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def backup(file: Path, force: bool) -> None:
    """Back up the whole database while the site runs.

    FILE appears when it is whole: its log is verified, and only you can read it. Whoever has it has
    everything that is in the database, so keep it as safe as the database.
    """
    try:
        found = backups.make(open_engine(), file, force, _progress)
    except FileExistsError:
        raise click.ClickException(f"{file} is there already. Choose another name, or use --force.") from None
    except BlockingIOError:
        raise click.ClickException(f"Another backup to {file} is running.") from None
    except (OSError, sqlite3.Error) as error:
        raise click.ClickException(f"{file} could not be written, and nothing of it remains: {error}") from None
    if found:
        click.echo(f"{file} holds {_in_words(found)}.")
        click.echo(f"Its event log is whole: {found.entries} entries, the last with hash {found.head}.")
    else:
        click.echo(f"{file} is made. Its schema is not that of this version: a restore will verify its log.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is in the database, after a backup of it beside FILE.")
def restore(file: Path, force: bool) -> None:
    """Put the backup FILE into the database, which must be empty.

    It is brought to the newest schema, and its event log is verified before anything is replaced. When
    something is wrong, nothing is changed. Stop the site first if you can.
    """
    engine = open_engine()
    before = backups.count_entries(engine)
    safety, taken_down = None, []
    if before is not None:
        if not force:
            raise click.ClickException(
                f"The database is not empty: its log has {before} entries. A restore would throw away what the backup "
                "does not have. If that is meant, use --force: what is there is backed up first."
            )
        taken_down = backups.list_takings_down(engine) if before else []
        safety = file.with_name(f"before-restore-{now():%Y%m%dT%H%M%SZ}{file.suffix}")
    try:
        found = backups.restore(engine, file, safety, _progress)
    except BlockingIOError:
        raise click.ClickException("Another restore is running.") from None
    except (OSError, sqlite3.Error) as error:
        raise click.ClickException(f"Nothing was restored, and the database is as it was: {error}") from None
    click.echo(f"The database holds {_in_words(found)}.")
    if safety:
        click.echo(f"What was there before, {before} entries of the log, is in {safety}.")
    kept = backups.list_takings_down(engine)
    for taken in (taken for taken in taken_down if taken not in kept):
        click.echo(f"Words are back that were taken down on {taken} Take them down again.")
    with suppress(OSError):  # nothing is kept where nothing can be written
        kept_checkpoint(engine).unlink()  # the log itself tells of the restore now
    click.echo(f"The event log of the backup is whole: {found.entries} entries, the last with hash {found.head}.")
    click.echo(
        "Compare that hash with the one that was printed when the backup was made. One entry tells of the restore."
    )


def _in_words(found: Contents) -> str:
    return f"{found.asks} asks, {found.updates} updates and {found.people} members of staff"


def _progress(done: int) -> None:
    if done >= MEGABYTE:
        show_progress(f"{done // MEGABYTE} MB")
