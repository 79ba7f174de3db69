"""Many readers at once, for long, and beside a flood of sign-ins: who waits longest, and whether memory grows."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from itertools import count
from random import Random
from urllib.parse import urlencode

from bench import report, servers
from bench.load import waits
from bench.processes import Server
from bench.report import Aim, mega, milli

READERS = 32
SLOWEST, IN_A_FLOOD = Aim(150, " ms"), Aim(500, " ms")
FLOODERS = 12
TOKEN = re.compile(rb'name="csrf_token" type="hidden" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


def readers(database: str, seconds: float) -> None:
    """Thirty-two connections, each asking for the first page, reading it, and asking again."""
    with servers.tracker(database) as site:
        waits(site, "/", READERS, 5)
        before = site.memory()
        found = waits(site, "/", READERS, seconds)
        after = site.memory()
    report.show(
        f"{READERS} readers for {seconds:,.0f} seconds",
        ["answers", "a second", "half wait at most", "99 of 100", "the slowest", "aim", "memory before", "after"],
        [
            [
                *(f"{len(found):,}", f"{len(found) / seconds:,.0f}"),
                *(milli(found[int(len(found) * share)]) for share in (0.5, 0.99)),
                milli(found[-1]),
                SLOWEST.verdict(found[int(len(found) * 0.99)] * 1000),
                *(mega(before), mega(after)),
            ]
        ],
    )


def sign_ins(database: str, seconds: float = 20) -> None:
    """A visitor, while a dozen strangers try one password after the other, each from a new address."""
    answers: list[int] = []
    with servers.tracker(database, TRACKER_TRUSTED_PROXIES="1") as site, ThreadPoolExecutor(FLOODERS) as threads:
        end = time.monotonic() + seconds
        flood = [threads.submit(_try, site, Random(n), end, answers) for n in range(FLOODERS)]
        found = waits(site, "/", 1, seconds)
        for stranger in flood:
            stranger.result()
    hashed, busy, throttled = (answers.count(code) for code in (422, 503, 429))
    p95 = found[int(len(found) * 0.95)]
    report.show(
        f"A visitor during {seconds:,.0f} seconds of {FLOODERS} strangers who guess passwords",
        ["passwords hashed", "told to wait", "throttled", "19 of 20 of the visitor's pages", "aim"],
        [[*map(str, (hashed, busy, throttled)), milli(p95), IN_A_FLOOD.verdict(p95 * 1000)]],
    )


def _try(site: Server, random: Random, end: float, answers: list[int]) -> None:
    """Guess, with the token and the cookie of a real form."""
    headers = {"Content-Type": FORM}
    for number in count():
        if time.monotonic() > end:
            return
        connection = HTTPConnection("127.0.0.1", site.port, timeout=60)
        try:
            connection.request("GET", "/staff/sign-in")
            page = connection.getresponse()
            found = TOKEN.search(page.read())
            cookie = (page.getheader("Set-Cookie") or "").partition(";")[0]
            typed = {"csrf_token": found[1].decode() if found else "", "email": f"{number}@example.org"}
            body = urlencode(typed | {"password": "four words that are wrong"})
            address = {"X-Forwarded-For": ".".join(str(random.randrange(1, 255)) for _ in range(4))}
            connection.request("POST", "/staff/sign-in", body, headers | address | {"Cookie": cookie})
            answers.append(connection.getresponse().status)
        except (OSError, HTTPException):
            answers.append(0)
        finally:
            connection.close()
