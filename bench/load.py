"""Asks servers for pages, over and over, and tells how long it took and how much CPU the server used."""

import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from statistics import median
from time import perf_counter, sleep
from typing import NamedTuple

from bench.processes import Server

# What a browser sends, so that a server has as much to read.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Language": "en-GB,en",
}
COMPRESSED = {**BROWSER, "Accept-Encoding": "gzip, deflate, br"}
PIECE = 1 << 20
PAUSE = 0.05
LAST_CHUNK = b"\r\n0\r\n\r\n"


class Answer(NamedTuple):
    """What a server said."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Cost(NamedTuple):
    """What one request costs, in seconds: of the server's CPU, and of waiting with as many connections as asked."""

    cpu: float
    wall: float

    @property
    def per_second(self) -> float:
        return 1 / self.wall


def fetch(server: Server, path: str, headers: Mapping[str, str] = BROWSER) -> Answer:
    """One answer, whole."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=600)
    connection.request("GET", path, headers=dict(headers))
    response = connection.getresponse()
    answer = Answer(response.status, response.getheaders(), response.read())
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{server.name} answers {answer.status} for {path}")
    return answer


def measure(server: Server, path: str, number: int, headers: Mapping[str, str] = BROWSER, connections: int = 1) -> Cost:
    """The cost of a request, as the mean of so many."""
    each = max(1, number // connections)
    cpu, begun = server.cpu(), perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        for asked in [threads.submit(_ask, server.port, path, each, headers) for _ in range(connections)]:
            asked.result()
    return Cost((server.cpu() - cpu) / each / connections, (perf_counter() - begun) / each / connections)


def waits(server: Server, path: str, connections: int, seconds: float) -> list[float]:
    """How long each answer took, shortest first; a failure raises. Readers pause before they ask again."""
    found: list[float] = []
    request, end = _request(server.port, path, COMPRESSED), perf_counter() + seconds

    def ask() -> None:
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            while (begun := perf_counter()) < end:
                connection.sendall(request)
                _receive(connection)
                found.append(perf_counter() - begun)
                sleep(PAUSE)

    with ThreadPoolExecutor(connections) as threads:
        for asked in [threads.submit(ask) for _ in range(connections)]:
            asked.result()
    return sorted(found)


def compare(
    pairs: Mapping[str, tuple[Server, str]],
    number: Mapping[str, int],
    rounds: int,
    headers: Mapping[str, str] = BROWSER,
    connections: int = 1,
) -> dict[str, Cost]:
    """The median cost of each server's page; they take turns, so that what else the machine does hits all alike."""
    for name, (server, path) in pairs.items():
        measure(server, path, max(1, number[name] // 4), headers, connections)
    found: dict[str, list[Cost]] = {name: [] for name in pairs}
    for _ in range(rounds):
        for name, (server, path) in pairs.items():
            found[name].append(measure(server, path, number[name], headers, connections))
    return {name: _middle(costs) for name, costs in found.items()}


def _middle(costs: Sequence[Cost]) -> Cost:
    return Cost(median(cost.cpu for cost in costs), median(cost.wall for cost in costs))


def _ask(port: int, path: str, number: int, headers: Mapping[str, str]) -> None:
    """The same request on one connection, again and again."""
    request = _request(port, path, headers)
    with socket.create_connection(("127.0.0.1", port), timeout=600) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(number):
            connection.sendall(request)
            _receive(connection)


def _request(port: int, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _receive(connection: socket.socket) -> None:
    received = connection.recv(PIECE)
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode(errors="replace"))
    if b"transfer-encoding: chunked" in head.lower():
        while not body.endswith(LAST_CHUNK):
            body = body[-len(LAST_CHUNK) :] + _more(connection)
        return
    left = _length(head) - len(body)
    while left > 0:
        left -= len(_more(connection))


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(PIECE)
    if not piece:
        raise RuntimeError("the server hung up in the middle of an answer")
    return piece


def _length(head: bytes) -> int:
    place = head.lower().index(b"content-length:") + 15
    return int(head[place:].split(b"\r\n", 1)[0])
