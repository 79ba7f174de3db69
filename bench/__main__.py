"""`make bench`: makes the databases, measures, and prints a table of Markdown with the aim beside each figure."""

import os

import click

from bench import data, readers, staff

READERS = (readers.cache, readers.pages, readers.crowd, readers.csv)
PARTS = {part.__name__: part for part in (*READERS, staff.saves, staff.imports, staff.start)}


@click.command()
@click.option("--rounds", default=5, show_default=True, help="How often each comparison is repeated.")
@click.option("--only", type=click.Choice([*PARTS]), multiple=True, help="Only this part; may be given several times.")
def main(rounds: int, only: tuple[str, ...]) -> None:
    """Measure the site. The databases are kept in var/bench/ for the next time."""
    few, many = data.database(100), data.database(10_000)
    click.echo(f"Load {os.getloadavg()[0]:.1f} at the start.\n\n| what | figure | aim | |\n| --- | ---: | ---: | --- |")
    for name in only or PARTS:
        for what, figure, unit, aim in PARTS[name](few, many, rounds):
            click.echo(f"| {what} | {figure:.3g} {unit} | ≤ {aim:g} {unit} | {'met' if figure <= aim else 'MISSED'} |")


if __name__ == "__main__":
    main()
