"""`tracker serve` takes a port that nobody else has, and says where it is only once it answers there."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.chromium import tracker_process
from tests.cli.commands import SECRET, run_program, tracker_on
from tests.engines import free_port
from tracker.server import CannotListen, find_free_address


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody listens as the server does, ready to share it."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_port_that_is_taken_and_a_host_of_another_machine_are_refused_with_a_reason(taken_port: int) -> None:
    for host in ("127.0.0.1", "localhost", "0.0.0.0"):
        with pytest.raises(CannotListen) as refused:
            find_free_address(host, taken_port)
        assert str(taken_port) in str(refused.value)
        assert "PORT=8001" in str(refused.value)
    for host, why in (("nowhere.invalid", "is not known here"), ("192.0.2.1", "is no address of")):
        with pytest.raises(CannotListen, match=why):
            find_free_address(host, free_port())
    assert find_free_address("localhost", free_port()) == "127.0.0.1"  # an IPv4 address comes first
    assert find_free_address("0.0.0.0", free_port()) == "0.0.0.0"


def test_a_second_server_is_refused_and_the_first_says_where_it_is_and_which_names_it_binds_to_https(
    tmp_path: Path,
) -> None:
    production = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/tracker.sqlite3",
        "TRACKER_ENV": "production",
        "TRACKER_SITE_URL": "https://tracker.example",
        "TRACKER_CONTACT_EMAIL": "errors@tracker.example",
        "SECRET_KEY": SECRET,
    }
    tracker_on(production["DATABASE_URL"])("db", "upgrade")
    with tracker_process(production) as served:
        port = urlsplit(served.url).port
        second = run_program("serve", cwd=tmp_path, **production, HOST="localhost", PORT=str(port))
        assert (second.code, second.out) == (2, "")
        assert f"Port {port} of localhost" in second.err
        while f"The tracker is at {served.url}/" not in served.said():
            assert served.process.poll() is None
        assert "every name that ends in .tracker.example by https only" in served.said()
