"""The command that mails what waits for whom, for cron."""

import click

from tracker.cli.database import open_engine
from tracker.cli.schema import require_newest
from tracker.clock import now
from tracker.db.engine import reading
from tracker.services.digest import digests, send
from tracker.settings import Settings


@click.command()
@click.option("--dry-run", is_flag=True, help="Print what would be mailed, and send nothing.")
def digest(dry_run: bool) -> None:
    """Mail each member of staff what waits for them.

    Nobody gets an empty mail. Without a mail server (TRACKER_SMTP_HOST) the mails are printed. An address
    that fails does not stop the others, but the command exits with 1 then.
    """
    settings, engine = Settings.from_env(), open_engine()
    require_newest(engine)
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
