"""Spreadsheets on the command line."""

from pathlib import Path

import click
import sqlalchemy as sa

from tracker.db.engine import reading
from tracker.exports import workbook
from tracker.exports.workbook import LAST_ROW, Edition, TooLarge
from tracker.queries.public import rows, tables
from tracker.queries.public.filters import AskFilter


def write_workbook(engine: sa.Engine, folder: Path, site_url: str) -> Path:
    """Write the public tables as one workbook into a folder; answer its path."""
    path = folder / "policy-asks.xlsx"
    with reading(engine) as session:
        edition = rows.find_edition(session)
    with path.open("wb") as file:
        try:
            workbook.write(
                file,
                Edition(site_url, edition.revision, edition.published_at),
                lambda name: tables.read(engine, name, AskFilter()),
            )
        except TooLarge:
            path.unlink()
            raise click.ClickException(f"A sheet holds {LAST_ROW} rows, and there are more. Take CSV files.") from None
    return path
