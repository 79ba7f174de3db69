"""Files that come in: into an empty tracker, into one with content, and the list that the tracker comes with."""

import sys
from functools import partial
from pathlib import Path

import click
import sqlalchemy as sa

from tracker.cli.database import open_engine
from tracker.clock import now
from tracker.db.engine import reading, writing
from tracker.imports.compare import Checked, check
from tracker.imports.files import read_files
from tracker.imports.folder import find_differences
from tracker.imports.plan import Plan
from tracker.imports.run import apply
from tracker.imports.whole import bring_in, is_empty
from tracker.paths import resource_dir
from tracker.rules.people import COMMAND_LINE, SEEDS, Actor
from tracker.rules.wording import shown
from tracker.services.change import Change
from tracker.services.sessions import find_person
from tracker.settings import Settings

MOST_SHOWN = 200
# From this many rows on, about a second's work, people are told that they wait.
LONG = 500


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is changed.")
@click.option("--as", "email", metavar="EMAIL", help="In whose name; without it, that of the command line.")
@click.option("--reason", default="", help="Why; the public reads it where the wording of an ask or a test changes.")
def import_files(files: tuple[Path, ...], dry_run: bool, yes: bool, email: str | None, reason: str) -> None:
    """Bring in FILES, as `tracker export` writes them.

    A folder as `tracker export` writes it goes into an empty tracker, as it is: with its moments and what is public.

    Into a tracker with content go CSV files, or a workbook of them (.xlsx). A row that says what the tracker says
    changes nothing. New asks, laws and links are drafts; new rows of updates are published.

    All of it comes in, or nothing: each fault is named with its file, row and column.
    """
    settings, engine = Settings.from_env(), open_engine()
    actor = _actor(engine, email)
    if any(path.is_dir() for path in files):
        if len(files) > 1:
            raise click.UsageError("Give one folder, or files.")
        import_folder(files[0], actor, keep=not dry_run, reason=reason, engine=engine)
        return
    plan = Plan()
    lines = read_files([(path.name, path.read_bytes()) for path in files], plan)
    with reading(engine) as session:
        checked = check(session, lines, plan, settings.site_url)
    refuse(checked.plan)
    carry_out = partial(_carry_out, engine, settings, actor, checked, reason)
    if yes and not dry_run:
        _tell(carry_out(keep=True), "")
        return
    plan = carry_out(keep=False)
    _tell(plan, "would be ")
    if dry_run or not plan.has_changes:
        return
    if not yes:
        click.confirm("Bring this in?", abort=True)
    carry_out(keep=True, as_seen=plan)
    click.echo("Done.")


def _carry_out(
    engine: sa.Engine,
    settings: Settings,
    actor: Actor,
    checked: Checked,
    reason: str,
    *,
    keep: bool,
    as_seen: Plan | None = None,
) -> Plan:
    """Apply everything; keep it only when nothing is wrong and it is what was seen. Faults end the command."""
    if checked.number >= LONG:
        click.echo(f"{checked.number} rows: others who save something have to wait until this is done.", err=True)
    is_hidden = not sys.stderr.isatty()
    with (
        writing(engine) as session,
        click.progressbar(length=checked.number, label="Rows", file=sys.stderr, hidden=is_hidden) as bar,
    ):
        change = Change(session, actor, now(), settings.four_eyes)
        plan = apply(change, checked, site_url=settings.site_url, reason=reason, progress=bar.update)
        is_other = as_seen is not None and plan.fingerprint != as_seen.fingerprint
        if plan.faults or is_other or not keep:
            session.rollback()
    refuse(plan)
    if is_other:
        raise click.ClickException("Something changed meanwhile, so nothing was brought in. Start again.")
    return plan


def _actor(engine: sa.Engine, email: str | None) -> Actor:
    if email is None:
        return COMMAND_LINE
    with reading(engine) as session:
        person = find_person(session, email.strip())
    if person is None:
        raise click.ClickException(f"Nobody who may sign in has the address {email}. See: tracker user list")
    return Actor(person.name, person.role, person.id)


def _tell(plan: Plan, would_be: str) -> None:
    """Say what happens, the first changes one by one."""
    if would_be:
        for step in plan.steps[:MOST_SHOWN]:
            click.echo(f"{step.table} {step.name}: {step.what}{f' ({step.note})' if step.note else ''}")
            for column, before, after in step.differences:
                click.echo(f"    {column}: {f'{shown(before)} → ' if before else ''}{shown(after)}")
        if plan.number_of_steps > MOST_SHOWN:
            click.echo(f"… and {plan.number_of_steps - MOST_SHOWN} more rows.")
    for note in plan.notes.values():
        click.echo(note)
    for name in plan.tables:
        added, changed, left = plan.added[name], plan.changed[name], plan.left[name]
        click.echo(f"{name}: {added} {would_be}added, {changed} {would_be}changed, {left} left as they are.")
    if not plan.tables:
        click.echo("The files hold no rows yet, or only notes.")


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


def import_folder(
    folder: Path, actor: Actor, *, keep: bool, engine: sa.Engine, reason: str = "", only_if_empty: bool = False
) -> None:
    """Bring a folder into an empty tracker and say what came of it; faults end the command."""
    plan = Plan()
    with writing(engine) as session:
        if only_if_empty and not is_empty(session):
            return
        imported = bring_in(Change(session, actor, now()), folder, plan, reason)
        if plan.faults or not keep or not imported.rows:
            session.rollback()
    refuse(plan)
    if not imported.rows:
        raise click.ClickException(
            f"Nothing was brought in: the CSV files in {folder} hold no rows yet, or only notes. "
            "If you filled them in, save them there again as CSV in UTF-8."
        )
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
