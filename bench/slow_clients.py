"""Does a visitor still get the page while slow clients hold on to the server?

    python bench/slow_clients.py http://127.0.0.1:8000 [clients] [seconds]

Each kind of slow client in turn, 300 of them at once: one that sends its headers byte by byte, one that sends a form
byte by byte, and one that asks for a long answer and reads next to nothing of it. Meanwhile a visitor asks for the
first page, each time on a connection of its own. Prints how long the visitor waited.
"""

import asyncio
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

Client = Callable[[str, int], Awaitable[None]]
PAUSE = 0.5
LONG = ("/",)


async def slow_headers(host: str, port: int) -> None:
    _, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\n".encode())
    while True:
        writer.write(b"X-A: b\r\n")
        await writer.drain()
        await asyncio.sleep(PAUSE)


async def slow_body(host: str, port: int) -> None:
    _, writer = await asyncio.open_connection(host, port)
    head = "POST /staff/sign-in HTTP/1.1\r\nHost: {}\r\nContent-Length: 100000\r\n"
    writer.write((head + "Content-Type: application/x-www-form-urlencoded\r\n\r\n").format(host).encode())
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(PAUSE)


async def slow_reading(host: str, port: int) -> None:
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    plain.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(plain, (host, port))
    asks = "".join(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n" for path in LONG * 100)
    await loop.sock_sendall(plain, asks.encode())
    while True:
        if not await loop.sock_recv(plain, 16):
            return
        await asyncio.sleep(PAUSE)


async def visit(host: str, port: int) -> float:
    """How long a visitor waits for the whole first page."""
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.read(), 10)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise OSError(answer[:40])
    writer.close()
    return time.perf_counter() - begun


async def measure(name: str, client: Client | None, place: tuple[str, int], number: int, seconds: float) -> None:
    slow = [asyncio.ensure_future(client(*place)) for _ in range(number)] if client else []
    await asyncio.sleep(2 if client else 0)
    times, failed, until = [], 0, time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            times.append(await visit(*place))
        except (OSError, TimeoutError):
            failed += 1
        await asyncio.sleep(0.05)
    held = sum(not task.done() for task in slow)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    times.sort()
    p95 = times[int(len(times) * 0.95)] if times else float("nan")
    print(f"{name:14} {held:4} still held  visits {len(times):4}  failed {failed:3}  p95 {p95 * 1000:7.1f} ms")  # noqa: T201


async def main(address: str, number: int = 300, seconds: float = 10) -> None:
    asked = urlsplit(address)
    place = (asked.hostname or "", asked.port or 80)
    await measure("nobody slow", None, place, 0, seconds)
    for client in (slow_headers, slow_body, slow_reading):
        await measure(client.__name__, client, place, number, seconds)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
