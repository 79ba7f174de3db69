"""The files with which somebody begins a list of their own."""

import shutil
from pathlib import Path

import click

from tracker.paths import resource_dir

ENV = Path(".env")


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
