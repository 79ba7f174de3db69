"""`make bench`: builds the databases, runs every comparison and prints tables of Markdown."""

from collections.abc import Callable

import click

from bench import answers, build, crowd, files, imports, peers, report, sizes

DEFAULT_SIZES = "100,10000,1000000"
PARTS = ("cached", "rendered", "sizes", "csv", "import", "datasette", "start", "readers", "flood")


class Numbers(click.ParamType[tuple[int, ...]]):
    """Whole numbers, separated by commas."""

    name = "numbers"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        try:
            found = tuple(sorted(int(part) for part in str(value).split(",")))
        except ValueError:
            self.fail("give whole numbers, separated by commas", param, ctx)
        if found[0] < 50:
            self.fail("fifty asks are the fewest", param, ctx)
        return found


@click.command()
@click.option("--sizes", "numbers", type=Numbers(), default=DEFAULT_SIZES, show_default=True, help="How many asks.")
@click.option("--rounds", default=5, show_default=True, help="How often each comparison is repeated.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Only this part; may be given several times.")
@click.option("--seconds", default=60, show_default=True, help="How long 32 readers read.")
@click.option("--postgresql", metavar="URL", help="Also measure the pages on this PostgreSQL server.")
def main(numbers: tuple[int, ...], rounds: int, only: tuple[str, ...], seconds: int, postgresql: str | None) -> None:
    """Measure the site on invented asks. The databases are kept in var/bench/ for the next time."""
    paths = {number: build.sqlite_file(number) for number in numbers}
    urls = {number: f"sqlite:///{path.absolute()}" for number, path in paths.items()}
    middle = numbers[len(numbers) // 2]
    largest = numbers[-1]
    parts: dict[str, Callable[[], None]] = {
        "cached": lambda: answers.cached(urls[middle], rounds),
        "rendered": lambda: answers.rendered(urls[middle], rounds),
        "sizes": lambda: sizes.growth(urls, rounds),
        "csv": lambda: files.whole_file(paths[largest], largest, min(rounds, 3)),
        "import": imports.many_rows,
        "datasette": lambda: peers.datasette(paths, min(rounds, 3)),
        "start": lambda: peers.starting(urls),
        "readers": lambda: crowd.readers(urls[middle], seconds),
        "flood": lambda: crowd.sign_ins(urls[middle]),
    }
    click.echo(report.machine())
    for name, part in parts.items():
        if not only or name in only:
            part()
    if postgresql:
        sizes.growth({number: build.postgresql_database(postgresql, number) for number in numbers}, rounds)


if __name__ == "__main__":
    main()
