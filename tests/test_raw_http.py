"""Bytes that are no request, or hardly one, sent to the real server: it lives, keeps its size, and serves a visitor.

Two hundred here; `make torture` sends a hundred times ROUNDS.
"""

import os
import random
import re
import socket
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from tests.chromium import Served, tracker_process
from tests.engines import Databases

MESSAGES = 100 * int(os.environ.get("TORTURE_ROUNDS", "2"))
WARM_UP, LOOK_EVERY = 100, 100
MEGABYTE = 1024 * 1024
MOST_GROWTH = 32 * MEGABYTE
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
WHOLE = [
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /asks.csv?family=met HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nCookie: tracker=x\r\n\r\n",
    b"POST /staff/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FORM + b"Content-Length: 9\r\n\r\nemail=a@b",
    b"POST /staff/sign-in HTTP/1.1\r\nHost: x\r\n"
    + FORM
    + b"Transfer-Encoding: chunked\r\n\r\n9\r\nemail=a@b\r\n0\r\n\r\n",
    b"HEAD /static/site.css HTTP/1.0\r\n\r\n",
]
ODD_LINES = [
    b"", b"GET", b"GET /", b"GET / HTTP/9.9", b"GET  /  HTTP/1.1", b"get / http/1.1", b"GET http://[evil/ HTTP/1.1",
    b"GET * HTTP/1.1", b"CONNECT a:1 HTTP/1.1", b"PRI * HTTP/2.0", b"GET /%00%ff%zz HTTP/1.1",
    b"GET /\xff\xfe HTTP/1.1",
    b"GET /\x00 HTTP/1.1", b"GET /" + b"a" * 100_000 + b" HTTP/1.1", b"GET /?" + b"a=b&" * 20_000 + b" HTTP/1.1",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"B" * 300 + b" / HTTP/1.1", b"GET //../..//etc/passwd HTTP/1.1",
    b"POST / HTTP/1.1", b"TRACE / HTTP/1.1", b"GET /;x=1#y HTTP/1.1",
]  # fmt: skip
ODD_HEADERS = [
    b"Host:", b"Host: a\r\nHost: b", b"Host: \xff", b"Content-Length: -1", b"Content-Length: 99999999999999999999",
    b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: 4\r\nTransfer-Encoding: chunked", b": x", b"x",
    b"X :y",
    b"Transfer-Encoding: chunked, gzip", b"Transfer-Encoding: \x0bchunked", b" folded: x", b"X: a\r\n b", b"X: \x00",
    b"X: " + b"y" * 100_000, b"\r\n".join(b"X-%d: y" % n for n in range(500)), b"Cookie: " + b"a=b; " * 3000,
    b"Expect: 100-continue", b"Upgrade: websocket\r\nConnection: Upgrade", b"Connection: close, x",
    b"Range: bytes=9-1,-",
    b"If-None-Match: " + b'W/"x",' * 500, b"Accept-Encoding: br;q=9, *;q=x", b"X-Forwarded-For: \x80",
    b"Cookie: \xff=\xfe",
]  # fmt: skip
ODD_BODIES = [
    b"",
    b"zz\r\n",
    b"FFFFFFFFFFFFFFFFF\r\nx",
    b"5\r\nab",
    b"0\r\nX: y\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    b"\x00" * 5000,
]


def message(chance: random.Random) -> bytes:
    """A request with something wrong, or noise."""
    kind = chance.randrange(4)
    if kind == 0:
        return chance.randbytes(chance.randrange(1, 2000))
    if kind == 1:
        cut = bytearray(chance.choice(WHOLE))
        for _ in range(chance.randrange(1, 6)):
            cut[chance.randrange(len(cut))] = chance.randrange(256)
        return bytes(cut)
    if kind == 2:
        whole = chance.choice(WHOLE)
        return whole[: chance.randrange(1, len(whole))]
    lines = [chance.choice([*ODD_LINES, b"GET / HTTP/1.1", b"POST /staff/sign-in HTTP/1.1"]), b"Host: 127.0.0.1"]
    lines += chance.sample(ODD_HEADERS, chance.randrange(4))
    end = chance.choice([b"\r\n\r\n", b"\n\n", b"\r\n", b""])
    return b"\r\n".join(lines) + end + chance.choice(ODD_BODIES)


def sent(served: Served, text: bytes) -> bytes:
    """What the server answers to it, if anything; the sender has nothing more to say."""
    address = urlsplit(served.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.settimeout(2)
        answer = b""
        try:
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                answer += chunk
        except OSError:  # the server hung up, or waits for more
            pass
        return answer


def check_two_hosts_are_refused(served: Served) -> None:
    address = urlsplit(served.url)
    for path in (b"/", b"/healthz"):
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 400"


def workers(served: Served) -> list[int]:
    parent = served.process.pid
    return list(map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()))


def memory(served: Served) -> int:
    """How many bytes the server's processes keep."""
    found = [Path(f"/proc/{pid}/status").read_text(encoding="ascii") for pid in [served.process.pid, *workers(served)]]
    return sum(1024 * int(re.findall(r"VmRSS:\s+(\d+) kB", text)[0]) for text in found)


def test_what_is_no_request_does_not_harm_the_server(databases: Databases) -> None:
    chance = random.Random("raw")
    with databases.temporary("sqlite") as url, tracker_process({"DATABASE_URL": url}) as served:
        check_two_hosts_are_refused(served)
        alive, before, codes = workers(served), 0, set()
        for number in range(MESSAGES):
            text = message(chance)
            answer = sent(served, text)
            found = re.findall(rb"^HTTP/1\.[01] (\d{3})", answer)
            is_cut_off = b"The form did not arrive whole" in answer
            assert is_cut_off or not [code for code in found if code >= b"500"], (text[:500], answer[:500])
            codes |= set(found)
            if number % LOOK_EVERY == LOOK_EVERY - 1:
                with urllib.request.urlopen(f"{served.url}/method", timeout=10) as page:
                    assert page.status == 200
                assert workers(served) == alive, "a worker died"
            if number == WARM_UP:
                before = memory(served)
        assert memory(served) - before < MOST_GROWTH
    assert {b"200", b"400"} <= codes
