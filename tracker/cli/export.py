"""The command that writes a tracker's records as files."""

from io import BytesIO
from pathlib import Path

import click
import sqlalchemy as sa

from tracker.cli.database import open_engine
from tracker.db.engine import reading
from tracker.exports.columns import Origin
from tracker.exports.folder import ORDER, PUBLIC, WHOLE
from tracker.exports.workbook import LAST_ROW, TooLarge, write_workbook
from tracker.queries import folder as queries
from tracker.queries.public import rows, tables
from tracker.queries.public.filters import AskFilter
from tracker.services import files
from tracker.services.files import part_of
from tracker.settings import Settings


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--xlsx", is_flag=True, help="Write one workbook, policy-asks.xlsx, instead of CSV files.")
@click.option("--internal", is_flag=True, help="Also drafts, archived and put-aside records, and the notes of staff.")
def export(folder: Path, xlsx: bool, internal: bool) -> None:
    """Write every public file into FOLDER.

    They are as the site offers them, with two more: redirects.csv and wordings.csv. An empty tracker takes them in with
    `tracker import FOLDER`. With `--internal` a copy is the same to its last page; its files are for their owner alone.
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
    for name in ORDER:
        table, path = (WHOLE if internal else PUBLIC)[name], folder / f"{name}.csv"
        mode = files.OURS if internal else files.PUBLIC
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
