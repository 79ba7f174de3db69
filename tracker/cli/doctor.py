"""The command that looks an installation over."""

import os
from pathlib import Path

import click

from tracker.cli.database import open_engine
from tracker.clock import now
from tracker.services.doctor import Finding, Health, examine, examine_mail
from tracker.settings import Settings, var_dir

ENVIRONMENT_FILE = Path(".env")
COLOURS = {Health.OK: "green", Health.WARNING: "yellow", Health.FAULT: "red"}


@click.command()
def doctor() -> None:
    """Look the installation over and say what is wrong.

    Each line says what is well, or what is wrong and what to do. Exits with 1 when there is a fault.
    Reads the whole database once; nothing is changed.
    """
    settings = Settings.from_env()
    secrets = [ENVIRONMENT_FILE, var_dir() / "secret_key"]
    if password_file := os.environ.get("TRACKER_SMTP_PASSWORD_FILE"):
        secrets.append(Path(password_file))
    faults = 0
    for finding in examine(settings, open_engine(), secrets, now()):
        faults += _tell(finding)
    faults += _tell(examine_mail(settings))
    if faults:
        raise click.ClickException(f"Faults: {faults}.")


def _tell(finding: Finding) -> bool:
    """Print the finding; answer whether it is a fault."""
    health = click.style(f"{finding.health.value:8}", fg=COLOURS[finding.health])
    click.echo(f"{health} {finding.about}: {finding.text}")
    return finding.health == Health.FAULT
