"""Pages of strangers, asked for at public addresses only, one a second, and read no further than is safe.

A host is looked up once, and the connection goes to the very address that was judged; each redirect is judged again.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, ip_address, ip_network
from threading import Timer
from urllib.parse import urljoin

from urllib3.util import Url, parse_url

from tracker.official.fetching import BUSY, MOST_REDIRECTS, PACE_SECONDS, Unreachable, Unreadable

PORTS: Mapping[str, int] = {"http": 80, "https": 443}
MOST_BYTES = 2 * 1024**2
SILENT_SECONDS = 10
REDIRECTS = (301, 302, 303, 307, 308)
GIVEN_OUT = ip_network("2000::/3")
GONE = (404, 410)
HTML = ("text/html", "application/xhtml+xml")
INLINE = frozenset({"a", "abbr", "b", "cite", "em", "i", "mark", "q", "small", "span", "strong", "sub", "sup", "wbr"})


@dataclass(frozen=True)
class WebPage:
    """What an address answered: that the page is gone, or its text; None where that cannot be read, as of a PDF."""

    is_gone: bool
    text: str | None = None


def look_up(host: str) -> list[str]:
    """Return the IP addresses of a host, the best reached first; raises OSError or ValueError."""
    return [str(place[0]) for *_, place in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Return True for an address of the open internet, by https://www.iana.org/assignments/iana-ipv6-special-registry.

    Of IPv6 only what is given out, and nothing that wraps an address of IPv4, which may be a private one.
    """
    ip = ip_address(address)
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    return isinstance(ip, IPv4Address) or (ip in GIVEN_OUT and ip.sixtofour is None)


@dataclass
class Pages:
    """Asks for pages. The tests, whose server is on this machine, look hosts up and judge addresses otherwise."""

    agent: str
    look_up: Callable[[str], list[str]] = look_up
    may_ask: Callable[[str], bool] = is_public
    ports: Mapping[str, int] = field(default_factory=lambda: PORTS)
    pace_seconds: float = PACE_SECONDS
    most_seconds: float = 20

    def get(self, address: str) -> WebPage:
        """Return the page; raises Unreadable for a refusal, and Unreachable where no answer came."""
        for _ in range(MOST_REDIRECTS + 1):
            place, ip = self._judge(address)
            with self._asked(place, ip) as response:
                if response.status in REDIRECTS and (location := response.headers["Location"]):
                    address = urljoin(place.url, location)
                    continue
                if response.status in BUSY:
                    raise Unreachable(f"{place.host} answered with the code {response.status}.")
                if response.status != 200 and response.status not in GONE:
                    raise Unreadable(f"{place.url} answered with the code {response.status}.")
                return WebPage(response.status in GONE, _text_of(response) if response.status == 200 else None)
        raise Unreadable(f"{address} is a redirect without end.")

    def _judge(self, address: str) -> tuple[Url, str]:
        """Return the parts of an address and the one IP address at which to ask for it."""
        try:
            place = parse_url(address)
        except ValueError:
            raise Unreadable("It is no web address.") from None
        port = self.ports.get(place.scheme or "")
        if not port or not place.host or place.auth or place.port not in (None, port):
            raise Unreadable(
                f"{place.host} is not asked: only http and https at their usual ports, without a password."
            )
        try:
            ips = self.look_up(place.host.strip("[]"))
        except (OSError, ValueError):
            raise Unreachable(f"{place.host} is not known.") from None
        if not ips or not all(map(self.may_ask, ips)):
            raise Unreadable(f"{place.host} is not asked: it is not on the open internet.")
        return place, ips[0]

    @contextmanager
    def _asked(self, place: Url, ip: str) -> Iterator[HTTPResponse]:
        """Ask at this IP address, and hang up at the end or when it takes too long."""
        host, scheme = place.host or "", place.scheme or ""
        headers = {"Host": host, "User-Agent": self.agent, "Accept": ", ".join(HTML), "Accept-Encoding": "identity"}
        time.sleep(self.pace_seconds)
        until = time.monotonic() + self.most_seconds
        try:
            with ExitStack() as ends:
                line = ends.enter_context(socket.create_connection((ip, self.ports[scheme]), SILENT_SECONDS))
                timer = Timer(self.most_seconds, _hang_up, (ends.enter_context(line.dup()),))
                ends.callback(timer.cancel)
                timer.start()
                if scheme == "https":
                    tls = ssl.create_default_context()
                    line = ends.enter_context(tls.wrap_socket(line, server_hostname=host.strip("[]")))
                connection = HTTPConnection(host)
                connection.auto_open, connection.sock = 0, line  # it never looks the host up by itself
                connection.request("GET", place.request_uri, headers=headers)
                response = ends.enter_context(connection.getresponse())
                yield response
                if time.monotonic() >= until:
                    raise Unreachable(f"{host} took more than {self.most_seconds} seconds.")
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(f"{host} gave no whole answer: {str(error) or type(error).__name__}.") from None


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _text_of(response: HTTPResponse) -> str | None:
    """Return what a reader sees of a page; None where it is no HTML, packed, or too large."""
    packing = response.headers.get("Content-Encoding", "identity")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in HTML or packing != "identity":
        return None
    body = response.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return None
    if response.length:
        raise HTTPException("it broke off")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = body.decode("windows-1252", errors="replace")
    reader = _TextReader()
    try:
        reader.feed(f"{text}<p>")  # not closed: to read on behind what has no end can take hours
    except AssertionError:  # how Python 3.11 says that a declaration is none
        return None
    return "".join(reader.parts)


class _TextReader(HTMLParser):
    """Collects the text of HTML, with a space between blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.parts.append("" if tag in INLINE else " ")

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, None)

    def handle_data(self, data: str) -> None:
        if not self.cdata_elem:  # a script or a style
            self.parts.append(data)
