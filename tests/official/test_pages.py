"""Pages of strangers: only public addresses are asked, at the address that was judged, and nothing harms us."""

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.official.desk import AGENT
from tests.official.fake import FakeRecord
from tracker.official.fetching import Unreachable, Unreadable
from tracker.official.pages import MOST_BYTES, Pages, WebPage, is_public, look_up

HTML = {"Content-Type": "text/html; charset=utf-8"}
HERE = "127.0.0.1"


class FakeSite(FakeRecord):
    """The fake server as a site of strangers, which knows under which names it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.hosts: list[str] = []

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.hosts.append(handler.headers["Host"])
        super().answer(handler)

    def page(self, path: str, body: str | bytes, **more: Any) -> None:
        self.say("site", path, body, **{"headers": HTML} | more)


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with (site := FakeSite()):
        yield site


def pages_of(site: FakeRecord, **more: Any) -> Pages:
    """Every host is this machine, which may be asked."""
    given: dict[str, Any] = {
        "look_up": lambda _: [HERE],
        "may_ask": lambda ip: ip == HERE,
        "ports": {"http": site.server.server_port, "https": 1},
        "pace_seconds": 0,
    }
    return Pages(AGENT, **given | more)


CLOSED = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::",
    "2002:a00:1::", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1",
]  # fmt: skip
OPEN = ["8.8.8.8", "151.101.0.144", "172.32.0.1", "2a04:4e42::144", "2620:0:2d0:200::7"]
THIS_MACHINE = ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "017700000001", "localhost", "0", "[::1]",
                "[::ffff:7f00:1]"]  # fmt: skip
NO_USUAL_ADDRESS = [
    "ftp://news.example/", "file:///etc/passwd", "gopher://news.example/", "http://news.example:22/",
    "http://news.example:65536/", "http://", "http://user:password@news.example/", "news.example", "http://[::1/",
    "https://news.example:80/",
]  # fmt: skip


def test_only_the_open_internet_is_asked_by_no_spelling_of_this_machine_and_no_unusual_address(site: FakeSite) -> None:
    assert [address for address in CLOSED + OPEN if is_public(address)] == OPEN
    site.page("/", "Secret")
    for host in THIS_MACHINE:
        with pytest.raises(Unreadable, match="not on the open internet"):
            pages_of(site, look_up=look_up, may_ask=is_public).get(f"http://{host}:{site.server.server_port}/site/")
    for address in NO_USUAL_ADDRESS:
        with pytest.raises(Unreadable):
            pages_of(site).get(address)
    # Nor a host with one private address among others.
    for ips in ([HERE, "10.0.0.1"], []):
        with pytest.raises(Unreadable, match="not on the open internet"):
            pages_of(site, look_up=lambda _, ips=ips: ips).get("http://news.example/")
    assert site.asked == []


def test_a_host_is_looked_up_once_and_asked_by_its_name_at_that_address_or_is_known_to_nobody(site: FakeSite) -> None:
    answers = iter([[HERE], ["10.0.0.1"]])
    site.page("/a", "<p>Words")
    assert pages_of(site, look_up=lambda _: next(answers)).get("http://News.example/site/a#part").text == " Words "
    assert (site.hosts, site.agents, next(answers)) == (["news.example"], {AGENT}, ["10.0.0.1"])

    def unknown(host: str) -> list[str]:
        raise socket.gaierror(f"{host} is not known")

    with pytest.raises(Unreachable, match=r"nowhere\.example is not known"):
        pages_of(site, look_up=unknown).get("http://nowhere.example/")
    with pytest.raises(Unreachable, match="is not known"):  # a name that no resolver takes
        pages_of(site, look_up=look_up).get(f"http://{'a' * 70}.example/")


# --- redirects ---


def test_each_redirect_is_judged_again(site: FakeSite) -> None:
    locations = [
        "http://inside.example/secret", "//inside.example/secret", "file:///etc/passwd", "http://news.example:22/",
        "http://u:p@news.example/", "http://[",
    ]  # fmt: skip
    pages = pages_of(site, look_up=lambda host: ["10.0.0.1" if host == "inside.example" else HERE])
    for location in locations:
        site.page("/a", "", status=302, headers={"Location": location})
        with pytest.raises(Unreadable):
            pages.get("http://news.example/site/a")
    assert site.asked == [("/site/a", 302)] * len(locations)

    # So is a name whose addresses change meanwhile.
    site.asked.clear()
    answers = iter([[HERE], ["192.168.0.1"]])
    site.page("/a", "", status=301, headers={"Location": "/site/b"})
    with pytest.raises(Unreadable, match="not on the open internet"):
        pages_of(site, look_up=lambda _: next(answers)).get("http://news.example/site/a")
    assert site.asked == [("/site/a", 301)]


def test_a_redirect_is_followed_and_one_without_end_is_not(site: FakeSite) -> None:
    site.page("/a", "", status=301, headers={"Location": "http://other.example/site/b"})
    site.page("/b", "Words")
    assert pages_of(site).get("http://news.example/site/a") == WebPage(False, "Words ")
    assert site.hosts == ["news.example", "other.example"]
    site.page("/b", "", status=308, headers={"Location": "/site/a"})
    with pytest.raises(Unreadable, match="without end"):
        pages_of(site).get("http://news.example/site/a")


# --- what is answered ---


def test_a_refusal_says_nothing_about_the_page(site: FakeSite) -> None:
    kinds = dict.fromkeys((401, 403, 451, 204, 300, 302), Unreadable) | dict.fromkeys((429, 500, 503), Unreachable)
    for status, kind in kinds.items():
        site.page("/a", "", status=status)
        with pytest.raises(kind) as refused:
            pages_of(site).get("http://news.example/site/a")
        assert type(refused.value) is kind
    assert len(site.asked) == len(kinds)


PDF, TEXT, PACKED = ({"Content-Type": "application/pdf"}, {"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"})
# What cannot be read: the body, what more is answered, and whether the page is gone.
UNREAD: list[tuple[str | bytes, dict[str, Any], bool]] = [
    ("Not here", {"status": 404}, True),
    ("Not here", {"status": 410}, True),
    (b"%PDF-1.7", {"headers": PDF}, False),
    (b"%PDF-1.7", {"headers": TEXT}, False),
    (b"%PDF-1.7", {"headers": {}}, False),
    (gzip.compress(b"0" * 50_000_000), {"headers": HTML | PACKED}, False),  # a bomb is not unpacked
]
WORDS: list[tuple[str | bytes, str | None]] = [
    ("<p>One<p>two", "One two"),
    ("<p>w<b>or</b>ds &amp;&nbsp;more</p>", "words & more"),
    ("<title>T</title><script>var a = '<p>no</p>';</script><style>no{}</style><!-- no --><li>yes", "T yes"),
    ("<script>no", ""),
    ("a < b", "a < b"),
    ("“typographic”".encode("windows-1252"), "“typographic”"),
    ("a" * (MOST_BYTES + 1), None),
    ("<![nonsense[ x ]]> words", None),
]


def test_a_page_is_gone_or_answers_and_its_words_are_what_a_reader_sees(site: FakeSite) -> None:
    for body, more, is_gone in UNREAD:
        site.page("/a", body, **more)
        assert pages_of(site).get("http://news.example/site/a") == WebPage(is_gone)
    for body, text in WORDS:
        site.page("/a", body)
        found = pages_of(site).get("http://news.example/site/a").text
        assert text == (found and " ".join(found.split()))


@pytest.mark.parametrize("piece", ["<!--", "<", "<a ", "</a", "<script>", "<?", "<![CDATA[", "&#", "<a b='"])
def test_html_without_end_is_read_in_no_time(site: FakeSite, piece: str) -> None:
    """To read on behind each of these would take minutes."""
    site.page("/a", piece * (MOST_BYTES // 10 // len(piece)))
    assert not pages_of(site).get("http://news.example/site/a").is_gone


def test_an_answer_that_breaks_off_and_nobody_there_say_nothing(site: FakeSite) -> None:
    site.page("/a", "<p>Half", claims=1000)
    with pytest.raises(Unreachable, match="broke off"):
        pages_of(site).get("http://news.example/site/a")
    with pytest.raises(Unreachable, match=r"news\.example gave no whole answer"):
        pages_of(site).get("https://news.example/")  # nothing listens at its port


# --- servers that do what they should not ---


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that does with its one connection what is given, and that has done it after the block."""
    listening = socket.create_server((HERE, 0))

    def run() -> None:
        with listening, listening.accept()[0] as line:
            answer(line)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    thread.join()


@pytest.mark.parametrize(
    "first", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>"]
)
def test_one_that_sends_a_byte_now_and_then_is_left(site: FakeSite, first: bytes) -> None:
    gone = threading.Event()

    def drip(line: socket.socket) -> None:
        try:
            line.sendall(first)
            while not gone.wait(0.02):
                line.sendall(b"x")
        except OSError:
            gone.set()

    with serving(drip) as port:
        with pytest.raises(Unreachable):
            pages_of(site, ports={"http": port}, most_seconds=0.3).get("http://slow.example/")
        assert gone.wait(10)  # we hung up


def test_nonsense_says_nothing(site: FakeSite) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\nzz\r\n"
    for answer in (b"", b"nonsense\r\n\r\n", chunked):

        def talk(line: socket.socket, answer: bytes = answer) -> None:
            line.recv(65536)
            line.sendall(answer)

        with serving(talk) as port, pytest.raises(Unreachable, match="gave no whole answer"):
            pages_of(site, ports={"http": port}).get("http://odd.example/")


def test_https_names_the_host_and_takes_no_stranger_for_it(site: FakeSite) -> None:
    names: list[str | None] = []

    def talk(line: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = lambda _line, name, _context: names.append(name)
        with suppress(OSError):
            context.wrap_socket(line, server_side=True)

    with serving(talk) as port, pytest.raises(Unreachable, match="gave no whole answer"):
        pages_of(site, ports={"https": port}).get("https://News.example/")
    assert names == ["news.example"]
