"""The site against Datasette on the same SQLite file, and how the site starts."""

from collections.abc import Mapping
from pathlib import Path
from statistics import median

from bench import report, servers
from bench.load import COMPRESSED, compare, fetch
from bench.report import Aim, mega, micro, ratio

# By the number of asks, the throughput of the site in that of Datasette.
TIMES = {100: Aim(100, is_floor=True), 10_000: Aim(1000, is_floor=True)}
FACET = "?_facet=status&_size=30"
CACHED, THEIRS, CONNECTIONS = 2000, 8, 4
STARTS = 3


def datasette(files: Mapping[int, Path], rounds: int) -> None:
    """The status page, its 30 asks counted by status, against the table page with 30 rows and one facet."""
    rows = []
    for number, path in files.items():
        with servers.tracker(f"sqlite:///{path.absolute()}") as site, servers.datasette(path) as other:
            fetch(site, "/", COMPRESSED)
            table = f"/{path.stem}/ask{FACET}"
            pairs = {"site": (site, "/"), "datasette": (other, table)}
            costs = compare(pairs, {"site": CACHED, "datasette": THEIRS}, rounds, COMPRESSED, CONNECTIONS)
        ours, theirs = costs["site"], costs["datasette"]
        figure = ours.per_second / theirs.per_second
        rows.append(
            [
                f"{number:,} asks",
                f"{ours.per_second:,.0f}",
                f"{theirs.per_second:,.1f}",
                ratio(figure),
                TIMES[number].verdict(figure) if number in TIMES else "",
                micro(ours.cpu),
                micro(theirs.cpu),
            ]
        )
    header = ["", "the site, a second", "Datasette, a second", "ratio", "aim", "the site, CPU", "Datasette, CPU"]
    report.show("Against Datasette on the same file", header, rows)


def starting(databases: Mapping[int, str]) -> None:
    """The time from the command to the first answer, and the memory after the first page."""
    rows = []
    for number, url in databases.items():
        times, memory = [], []
        for _ in range(STARTS):
            with servers.tracker(url) as site:
                fetch(site, "/")
                times.append(site.started_in)
                memory.append(site.memory())
        rows.append([f"{number:,} asks", f"{median(times):,.2f} s", mega(median(memory))])
    report.show("Starting", ["", "time until it answers", "memory after the first page"], rows)
