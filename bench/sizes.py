"""Every public page and filter, rendered anew, with many asks against few; and how heavy the pages are."""

from collections.abc import Mapping
from contextlib import ExitStack

from bench import report, servers
from bench.load import compare, fetch
from bench.pages import addresses
from bench.processes import Server
from bench.report import Aim, kilo, milli, ratio
from tracker.db.engine import make_engine, reading

GROWTH = Aim(1.2)
HEAVIEST_PAGE = 60_000
BATCH_SECONDS = 0.2
MOST_REQUESTS = 40


def growth(databases: Mapping[int, str], rounds: int) -> None:
    """What each address costs, by the number of asks. `databases` has a URL for each number.

    On SQLite it is the CPU of the site, the database within it; on PostgreSQL the time that a reader waits.
    """
    sizes, few, many = [*databases], min(databases), max(databases)
    paths = {size: _addresses(url) for size, url in databases.items()}
    is_sqlite = databases[few].startswith("sqlite")
    rows, heavy = [], []
    with ExitStack() as stack:
        sites = {size: stack.enter_context(servers.tracker(url, cache_mb=0)) for size, url in databases.items()}
        for name in paths[few]:
            pairs = {str(size): (sites[size], paths[size][name]) for size in sizes}
            weights = {size: len(fetch(*pairs[str(size)]).body) for size in sizes}
            found = compare(pairs, {place: _number(*pair) for place, pair in pairs.items()}, rounds)
            costs = {size: found[str(size)].cpu if is_sqlite else found[str(size)].wall for size in sizes}
            figure = costs[many] / costs[few]
            since = [ratio(costs[many] / costs[size]) for size in sizes[1:-1]]
            weighed = [kilo(weights[size]) for size in sizes]
            rows.append(
                [name, *(milli(costs[size]) for size in sizes), ratio(figure), GROWTH.verdict(figure), *since, *weighed]
            )
            if max(weights.values()) > HEAVIEST_PAGE and not paths[few][name].startswith(("/api", "/feed", "/data")):
                heavy.append(f"{name} ({kilo(max(weights.values()))})")
    what = "CPU" if is_sqlite else "time"
    report.show(
        f"Pages rendered anew, {what} a request on {'SQLite' if is_sqlite else 'PostgreSQL'}",
        [
            "",
            *(f"{size:,} asks" for size in sizes),
            f"{many:,} against {few:,}",
            "aim",
            *(f"against {size:,}" for size in sizes[1:-1]),
            *(f"size at {size:,}" for size in sizes),
        ],
        rows,
    )
    report.say(f"Pages of more than {kilo(HEAVIEST_PAGE)}: {', '.join(heavy) or 'none'}.")


def _addresses(url: str) -> dict[str, str]:
    engine = make_engine(url)
    with reading(engine) as session:
        found = addresses(session)
    engine.dispose()
    return found


def _number(server: Server, path: str) -> int:
    """How many requests make a batch that is long enough to be measured."""
    one = compare({"": (server, path)}, {"": 2}, 1)[""].wall
    return max(2, min(MOST_REQUESTS, int(BATCH_SECONDS / one)))
