"""A whole tracker as a folder of files: out, into an empty tracker, and the list that the tracker comes with."""

from pathlib import Path

import click
import sqlalchemy as sa

from tracker.cli.database import open_engine
from tracker.clock import now
from tracker.db.engine import writing
from tracker.exports.folder import ORDER, PUBLIC, WHOLE
from tracker.imports.folder import find_differences
from tracker.imports.plan import Plan
from tracker.imports.whole import bring_in, is_empty
from tracker.paths import resource_dir
from tracker.queries import folder as queries
from tracker.rules.permissions import SEEDS, Actor
from tracker.rules.wording import shown
from tracker.services.change import Change
from tracker.services.files import OURS, part_of
from tracker.services.files import PUBLIC as FOR_ALL

MOST_SHOWN = 200


def write_folder(engine: sa.Engine, folder: Path, site_url: str, *, internal: bool) -> None:
    """Write every file of a folder; with what staff alone see, for their owner's eyes only."""
    folder.mkdir(mode=0o700 if internal else 0o777, parents=True, exist_ok=True)
    for name in ORDER:
        table, path = (WHOLE if internal else PUBLIC)[name], folder / f"{name}.csv"
        rows = queries.read(engine, name, internal=internal)
        mode = OURS if internal else FOR_ALL
        with part_of(path, replace=True, mode=mode) as part, part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(table.csv(rows, site_url))
        click.echo(f"wrote {path}")


def import_folder(
    folder: Path, actor: Actor, *, keep: bool, engine: sa.Engine, reason: str = "", only_if_empty: bool = False
) -> None:
    """Bring a folder into an empty tracker and say what came of it; faults end the command."""
    plan = Plan()
    with writing(engine) as session:
        if only_if_empty and not is_empty(session):
            return
        imported = bring_in(Change(session, actor, now()), folder, plan, reason)
        if plan.faults or not keep:
            session.rollback()
    refuse(plan)
    for name, number in imported.rows.items():
        click.echo(f"{name}: {number}")
    if imported.doubts:
        click.echo(f"Today's rules would not accept these {len(imported.doubts)}; they are brought in as they are:")
        for doubt in imported.doubts[:MOST_SHOWN]:
            click.echo(f"    {doubt.place}: {doubt.expected}")
    click.echo("Brought in." if keep else "Nothing was brought in: this was a dry run.")


def refuse(plan: Plan) -> None:
    """Name everything that is wrong, and end the command."""
    for fault in plan.faults:
        click.echo(f"{fault.place}: found {shown(fault.found)}. Expected: {fault.expected}", err=True)
    if plan.faults:
        more = " (there may be more)" if plan.is_cut_off else ""
        raise click.ClickException(f"Nothing was brought in. Faults: {len(plan.faults)}{more}.")


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Look for faults, and change nothing.")
@click.option("--if-empty", is_flag=True, help="Do nothing when the tracker has content already.")
@click.option("--compare", is_flag=True, help="Say where the list differs from the tracker, and change nothing.")
def seed(folder: Path | None, dry_run: bool, if_empty: bool, compare: bool) -> None:
    """Bring a list of asks into an empty tracker.

    FOLDER holds it; without it, the list that comes with the tracker is taken. All or nothing: each fault is named
    with its file, row and column. A tracker that has content takes no list; `--compare` says what the list says
    otherwise, for a person to post as corrections.
    """
    folder, engine = folder or resource_dir("seeds"), open_engine()
    if compare:
        plan = Plan()
        differences = find_differences(engine, folder, plan)
        refuse(plan)
        for difference in differences:
            click.echo(str(difference))
        click.echo(f"Differences: {len(differences)}.")
        return
    import_folder(folder, SEEDS, keep=not dry_run, engine=engine, only_if_empty=if_empty)
