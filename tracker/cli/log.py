"""Commands about the event log: prove that it is whole, and hand it out."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click

from tracker.cli.database import open_engine
from tracker.db.engine import reading, writing
from tracker.paths import resource_dir
from tracker.rules.chain import Checkpoint, read_checkpoint
from tracker.services import derived, proof, replay
from tracker.services.files import part_of

MOST_FAULTS = 20


@click.command()
@click.option("--against", metavar="FILE|HASH", multiple=True, help="A checkpoint printed earlier, or a file of them.")
@click.option("--replay", "with_replay", is_flag=True, help="Also compare every record with what the log adds up to.")
@click.option("--checkpoint", "only_checkpoint", is_flag=True, help="Print the checkpoint of now and nothing else.")
@click.option("--mend", "is_mended", is_flag=True, help="First write how asks stand and the lists anew.")
def verify(against: tuple[str, ...], with_replay: bool, only_checkpoint: bool, is_mended: bool) -> None:
    """Prove the event log whole, and what is derived from the asks right.

    Names the first entry that is wrong or the asks that are, and exits with 1.

    Keep a checkpoint on another machine, say every day with: tracker verify --checkpoint >> checkpoints.txt
    Given back with --against, it shows whether the end was cut off or the whole log was made anew.
    """
    kept = [checkpoint for given in against for checkpoint in _checkpoints(given)]
    engine = open_engine()
    if is_mended:
        with writing(engine) as session:
            derived.mend(session)
    with reading(engine) as session:
        count, head = proof.verify(session)
        for checkpoint in kept:
            proof.require(session, checkpoint)
        replaced = proof.find_replaced(session)
        faults = [] if only_checkpoint else derived.find_faults(session)
        differences = replay.find_differences(session) if with_replay else []
    if differences:
        raise click.ClickException("\n".join(["The tables are not what the log says.", *differences[:MOST_FAULTS]]))
    if only_checkpoint:
        click.echo(str(Checkpoint(count, head)))
        return
    if faults:
        raise click.ClickException("\n".join([*faults[:MOST_FAULTS], "Write them anew with: tracker verify --mend"]))
    click.echo(f"The event log is whole: {count} entries, the last with hash {head}.")
    if replaced:
        click.echo(f"From {len(replaced)} of them words were taken down; later entries say when and why.")
    if kept:
        click.echo(f"It holds all that {len(kept)} earlier {'checkpoint' if len(kept) == 1 else 'checkpoints'} fixed.")
    if with_replay:
        click.echo("Every ask, body, test, law, link, update, source, reply and person is what the log adds up to.")
    click.echo("Asks stand as their stories say; the index of words and the days of each status agree with the asks.")


@click.group()
def log() -> None:
    """The event log, in which every change stands."""


@log.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
def export(file: Path) -> None:
    """Write the whole log into FILE (- for the screen), an entry a line. Only you can read FILE.

    The lines hold exactly what is hashed; what `tracker log script` prints checks them without the tracker.
    They also hold internal notes, names and e-mail addresses of staff: hand them only to those entitled to them.
    """
    if str(file) == "-":
        number = _write(sys.stdout)
    else:
        with part_of(file, replace=True) as part, part.open("w", encoding="ascii") as opened:
            number = _write(opened)
    click.echo(f"wrote {number} entries to {file}", err=True)


@log.command()
def script() -> None:
    """Print verify_log.py, which checks an exported log without the tracker."""
    click.echo((resource_dir("docs") / "verify_log.py").read_text(encoding="utf-8"), nl=False)


def _write(opened: TextIO) -> int:
    """Write the log and return how many entries it has."""
    return sum(bool(opened.write(line)) for line in proof.export(open_engine()))


def _checkpoints(given: str) -> Iterator[Checkpoint]:
    """Those of a file, or the one that was given itself."""
    path = Path(given)
    try:
        lines = path.read_text(encoding="ascii").split() if path.is_file() else [given]
        if not lines:
            raise click.ClickException(f"There is no checkpoint in {given}.")
        yield from map(read_checkpoint, lines)
    except ValueError as error:  # UnicodeDecodeError is one
        raise click.ClickException(str(error)) from None
