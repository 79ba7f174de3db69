"""An installation: its file .env, its settings, the files of a new list, and whether all is well."""

import os
import re
import shutil
from collections.abc import MutableMapping
from pathlib import Path

import click
import sqlalchemy as sa

from tracker.cli.database import kept_checkpoint, open_engine
from tracker.clock import now
from tracker.imports.folder import find_differences
from tracker.imports.plan import Plan
from tracker.paths import resource_dir, var_dir
from tracker.services.doctor import Diagnosis, Health, examine, examine_mail
from tracker.settings import Settings, SettingsError

ENV = Path(".env")
NOTHING = re.compile(r"[ \t]*(#.*)?", re.ASCII)
NAME = r"[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*="
VALUE = r"""[ \t]*(?:'([^'\\]*)'|"([^"\\]*)"|([^\s'"#;\\](?:(?![ \t]#)[^\\])*)?)[ \t]*"""
LINE = re.compile(NAME + VALUE, re.ASCII)
HOW = (
    "programs read this line in different ways. Write NAME=value, with a comment on a line of its own that begins "
    "with #, without backslashes and ${…}, and with a value that has quotes in quotes of the other kind"
)
PASSWORDS = re.compile(r"(://[^:/]*:).*(?=@)|(password=)[^&]*", re.IGNORECASE)
COLOURS = {Health.OK: "green", Health.WARNING: "yellow", Health.FAULT: "red"}


def load_env_file(path: Path, environ: MutableMapping[str, str]) -> None:
    """Add what the file says to the environment, which wins; raises SettingsError that names each wrong line.

    It is read as systemd reads an EnvironmentFile. Where systemd, or the dotenv readers in use, could take a line to
    say something else, it is refused: a key that two programs read differently would lock everybody out.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"{path}: cannot be read: {why}. Mend it, or take it away.") from None
    read: dict[str, str] = {}
    wrong = []  # never with a value, which may be secret
    for number, line in enumerate(text.split("\n"), 1):
        if NOTHING.fullmatch(line) and not line.endswith("\\"):
            continue
        found = LINE.fullmatch(line)
        if not found or "${" in line or not line.replace("\t", " ").isprintable():
            wrong.append(f"{path}, line {number}: {HOW}.")
        elif found[1] in read:
            wrong.append(f"{path}, line {number}: {found[1]} stands there twice.")
        else:
            read[found[1]] = found[2] or found[3] or (found[4] or "").rstrip(" \t")
    if wrong:
        raise SettingsError("\n".join(wrong))
    for name, value in read.items():
        environ.setdefault(name, value)


@click.command()
def config() -> None:
    """Print the settings in force, without secrets.

    What is set comes as NAME=value, and what is as usual behind a # as in a file .env.
    """
    settings = Settings.from_env()
    address = {
        "DATABASE_URL": PASSWORDS.sub(r"\1\2***", settings.database_url),
        "SECRET_KEY": "***",
        "TRACKER_SITE_URL": settings.site_url,
    }
    for name, value in sorted({**settings.variables, **address}.items()):
        as_written = f'"{value}"' if value.startswith("#") else value  # else it would be a comment
        click.echo(f"{'' if os.environ.get(name) else '# '}{name}={as_written}")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Begin a list of your own in FOLDER.

    It gets CSV files whose first rows say what belongs where; fill them in with a spreadsheet program. The working
    folder gets a file .env for the name and the look of the site, unless it has one.
    """
    skeleton = resource_dir("seeds") / "skeleton"
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(
            f"There is something in {folder} already, so nothing was written. Name a new folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(skeleton.glob("*.csv")):
        shutil.copyfile(path, folder / path.name)
        click.echo(f"wrote {folder / path.name}")
    if ENV.exists():
        click.echo(f"left {ENV} as it is; the settings of a new one are in {skeleton / 'env'}")
    else:
        shutil.copyfile(skeleton / "env", ENV)
        ENV.chmod(0o600)  # a password may come to stand in it
        click.echo(f"wrote {ENV}")
    click.echo(f"Fill in sources.csv, asks.csv, updates.csv and evidence.csv. Then: tracker seed {folder} --dry-run")


@click.command()
def doctor() -> None:
    """Look the installation over and say what is wrong.

    Each line says what is well, or what is wrong and what to do. Exits with 1 when there is a fault.
    Reads the whole database once and changes nothing in it. The highest checkpoint of the log is kept in var/, and
    the next time the log must still hold it.
    """
    settings, engine = Settings.from_env(), open_engine()
    secrets = [ENV, var_dir() / "secret_key"]
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
        return Diagnosis(Health.OK, "list", "The list that the tracker comes with is not in this one.")
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
