"""Commands for cron: look at the official record, mail what waits, delete what is kept no longer."""

from functools import partial
from pathlib import Path

import click

from tracker import __version__
from tracker.cli.database import open_newest, show_progress
from tracker.clock import now
from tracker.db.engine import reading, writing
from tracker.paths import var_dir
from tracker.rules.official import SOURCES, LookOutcome
from tracker.services import personal_data
from tracker.services.digest import digests, send
from tracker.settings import Settings


@click.command()
@click.option(
    "--from",
    "folder",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read the answers that are saved there, and ask nobody.",
)
@click.option("--only", type=click.Choice(list(SOURCES)), help="Look at this part of the record alone.")
@click.option("--dry-run", is_flag=True, help="Print what would be found, and keep nothing.")
def look(folder: Path | None, only: str | None, dry_run: bool) -> None:
    """Look at official records and at published evidence.

    What is new waits on the desk until a person tells or dismisses it. One request a second is made; answers are kept
    in var/looks. With --from saved answers are read instead, from files named as those in var/looks. Exits with 1 when
    a source could not be used.
    """
    # An HTTP client, of which no other command knows.
    from tracker.official import READERS
    from tracker.official.evidence import read_evidence
    from tracker.official.fetching import Fetcher, SavedAnswers
    from tracker.official.looking import Looking, only_one
    from tracker.official.looking import look as look_at
    from tracker.official.pages import Pages

    settings, engine, at = Settings.from_env(), open_newest(), now()
    kept, failed = var_dir() / "looks", 0
    readers = dict(READERS)
    agent = f"policy-tracker/{__version__} (+{settings.site_url}; {settings.contact_email or 'no address given'})"
    if settings.evidence_pages and not folder:  # nobody saves the pages of strangers
        readers["evidence"] = partial(read_evidence, pages=Pages(agent), most=settings.evidence_pages)
    if only and only not in readers:
        raise click.ClickException("Evidence is not read from a folder, and not with TRACKER_EVIDENCE_PAGES=0.")
    try:
        with only_one(kept, at) as since:
            fetcher = Fetcher(settings.record_addresses, kept, agent, at, since)
            answers = SavedAnswers(folder) if folder else fetcher
            for source in [only] if only else readers:
                looking = Looking(engine, answers, at, source, show_progress, dry_run)
                row = look_at(looking, readers[source])
                for says in looking.new:
                    click.echo(f"{'would find' if dry_run else 'found'}: {says}")
                failed += row.outcome is LookOutcome.FAILED
                click.echo(f"{SOURCES[source]}: {row.sentence or 'well'} ({len(looking.new)} new)")
    except BlockingIOError:
        raise click.ClickException("Another look is running. Wait until it ends.") from None
    if failed:
        raise click.ClickException(f"Sources that could not be used: {failed}. Nothing of theirs was changed.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Print what would be mailed, and send nothing.")
def digest(dry_run: bool) -> None:
    """Mail each member of staff what waits for them.

    Nobody gets an empty mail. Without a mail server (TRACKER_SMTP_HOST) the mails are printed. An address
    that fails does not stop the others, but the command exits with 1 then.
    """
    settings, engine = Settings.from_env(), open_newest()
    with reading(engine) as session:
        found = list(digests(session, settings, now()))
    failed = 0
    for each in found:
        if settings.mail is None or dry_run:
            click.echo(f"To: {each.email}\n\n{each.text}")
            continue
        try:
            send(each, settings.mail, now())
        except (OSError, ValueError) as error:
            failed += 1
            click.echo(f"{each.email}: not sent: {error}", err=True)
        else:
            click.echo(f"{each.email}: {each.subject}")
    if not found:
        click.echo("Nothing waits for anybody.")
    if failed:
        raise click.ClickException(f"Not sent: {failed} of {len(found)}. See: tracker doctor")


@click.command()
def tidy() -> None:
    """Delete old sessions, failed sign-ins and expired links.

    Sessions go after 30 days, failures after one, links when they expire. The event log stays.
    """
    with writing(open_newest()) as session:
        number = personal_data.tidy(session, now())
    click.echo(f"Deleted: {number}.")
