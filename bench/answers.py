"""One page: from the cache against the same bytes with nothing behind them, and rendered against Jinja alone."""

import sqlalchemy as sa

from bench import report, servers
from bench.load import COMPRESSED, Cost, compare, fetch
from bench.report import Aim, micro, milli, ratio
from tracker.db.engine import make_engine, reading
from tracker.models import Ask

CACHED, RENDERED = Aim(1.5), Aim(1.5)
REQUESTS, PAGES, CONNECTIONS = 3000, 60, 4


def cached(database: str, rounds: int) -> None:
    """The status page from memory, as browsers ask for it: compressed, several connections at once."""
    with servers.tracker(database) as site:
        fetch(site, "/", COMPRESSED)
        answer = fetch(site, "/", COMPRESSED)
        with servers.raw(answer) as raw, servers.nginx(answer) as nginx:
            pairs = {"nginx, a file": (nginx, "/"), "raw WSGI": (raw, "/"), "the site, from its cache": (site, "/")}
            there = {name: (server, path) for name, (server, path) in pairs.items() if server}
            costs = compare(there, dict.fromkeys(there, REQUESTS), rounds, COMPRESSED, CONNECTIONS)
    plain = costs["raw WSGI"]
    rows = [
        [
            name,
            micro(cost.cpu),
            f"{cost.per_second:,.0f}",
            ratio(cost.cpu / plain.cpu),
            CACHED.verdict(cost.cpu / plain.cpu) if name.startswith("the site") else "",
        ]
        for name, cost in costs.items()
    ]
    report.show(
        f"The status page from memory: {len(answer.body):,} bytes, compressed, {CONNECTIONS} connections",
        ["", "CPU a request", "requests a second", "CPU against raw WSGI", "aim"],
        rows,
    )
    if "nginx, a file" in costs:
        against = costs["the site, from its cache"].cpu / costs["nginx, a file"].cpu
        report.say(f"The site's cache takes {ratio(against)} the CPU of nginx.")
    else:
        report.say("nginx is not installed here, so it was not measured.")


def rendered(database: str, rounds: int) -> None:
    """Pages rendered anew against the same templates with the same records, held in memory."""
    engine = make_engine(database)
    with reading(engine) as session:
        slug = session.scalar(sa.select(Ask.slug).order_by(sa.func.abs(Ask.id - 50)).limit(1))
    engine.dispose()
    paths = {"Status page": "/", "Ask": f"/asks/{slug}", "Updates": "/updates"}
    rows = []
    with servers.tracker(database, cache_mb=0) as site, servers.from_memory(database, [*paths.values()]) as memory:
        for name, path in paths.items():
            if fetch(site, path).body != fetch(memory, path).body:
                raise RuntimeError(f"{path} is another page from memory")
            costs = compare({"site": (site, path), "memory": (memory, path)}, {"site": PAGES, "memory": PAGES}, rounds)
            rows.append(_against(name, costs))
    report.show("Rendered anew", ["", "the site, CPU", "Flask + Jinja from memory", "ratio", "aim"], rows)


def _against(name: str, costs: dict[str, Cost]) -> list[str]:
    figure = costs["site"].cpu / costs["memory"].cpu
    return [name, milli(costs["site"].cpu), milli(costs["memory"].cpu), ratio(figure), RENDERED.verdict(figure)]
