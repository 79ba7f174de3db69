"""The command that looks an installation over."""

from pathlib import Path

import click
import sqlalchemy as sa

from tracker.cli.database import kept_checkpoint, open_engine
from tracker.clock import now
from tracker.imports.folder import find_differences
from tracker.imports.plan import Plan
from tracker.paths import resource_dir, var_dir
from tracker.services.doctor import Diagnosis, Health, examine, examine_mail
from tracker.settings import Settings

ENVIRONMENT_FILE = Path(".env")
COLOURS = {Health.OK: "green", Health.WARNING: "yellow", Health.FAULT: "red"}


@click.command()
def doctor() -> None:
    """Look the installation over and say what is wrong.

    Each line says what is well, or what is wrong and what to do. Exits with 1 when there is a fault.
    Reads the whole database once and changes nothing in it. The highest checkpoint of the log is kept in var/, and
    the next time the log must still hold it.
    """
    settings, engine = Settings.from_env(), open_engine()
    secrets = [ENVIRONMENT_FILE, var_dir() / "secret_key"]
    secrets += [Path(value) for name, value in settings.variables.items() if name.endswith("_FILE") and value]
    faults, is_whole = 0, False
    for finding in examine(settings, engine, secrets, kept_checkpoint(engine), now()):
        faults += _tell(finding)
        is_whole = finding.about == "log"  # the last that is looked at in the database
    if is_whole:
        _tell(_compare_with_list(engine))
    faults += _tell(examine_mail(settings))
    if faults:
        raise click.ClickException(f"Faults: {faults}.")


def _compare_with_list(engine: sa.Engine) -> Diagnosis:
    """Say whether the list that the tracker comes with says otherwise, as after an upgrade that corrects it."""
    found = find_differences(engine, resource_dir("seeds"), Plan())
    if any(difference.table == "sources" and difference.ours is None for difference in found):
        return Diagnosis(Health.OK, "list", "The tracker has a list of its own.")
    if number := len({(difference.table, difference.record) for difference in found}):
        records = "1 record" if number == 1 else f"{number} records"
        text = f"The list that the tracker comes with says otherwise in {records}. See: tracker seed --compare"
        return Diagnosis(Health.WARNING, "list", text)
    return Diagnosis(Health.OK, "list", "The list that the tracker comes with says nothing else.")


def _tell(finding: Diagnosis) -> bool:
    """Print the finding; answer whether it is a fault."""
    health = click.style(f"{finding.health.value:8}", fg=COLOURS[finding.health])
    click.echo(f"{health} {finding.about}: {finding.text}")
    return finding.health == Health.FAULT
