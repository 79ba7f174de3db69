"""Real web servers for tests, with the configuration that we print."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.chromium import end
from tests.engines import free_port

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
NAME = "tracker.example"
# Each program and its package in Debian.
PROGRAMS = {"nginx": "nginx-light", "caddy": "caddy", "systemd-analyze": "systemd"}


def program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")


def missing() -> list[str]:
    """What cannot be tested here for want of a program, in words for the person who runs the tests."""
    return [f"deploy/ with {name} — install {package}" for name, package in PROGRAMS.items() if not program(name)]


def need(name: str) -> str:
    """Return the path of a program; skips the test where there is none."""
    found = program(name)
    if found is None:
        pytest.skip(f"NOT TESTED: deploy/ with {name} — install {PROGRAMS[name]}")
    return found


def checked(*command: str | Path, **environment: str) -> str:
    """What a program said; fails with that when it ends badly."""
    done = subprocess.run(command, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def put(text: str, **instead: str) -> str:
    """Return a printed text with other words in places that have to be there."""
    for old, new in instead.items():
        assert old in text
        text = text.replace(old, new)
    return text


def nginx(folder: Path, site: str) -> AbstractContextManager[int]:
    """Run nginx with that site, as printed but for its ports and certificate; its port for https, or its only one."""
    port, other = free_port(), free_port()
    is_https = "listen 443" in site
    if is_https:
        key, certificate = folder / "privkey.pem", folder / "fullchain.pem"
        checked(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}", "-days", "2",
            "-keyout", key, "-out", certificate,
        )  # fmt: skip
        live = "/etc/letsencrypt/live/tracker.example"
        site = put(site, **{f"{live}/fullchain.pem": str(certificate), f"{live}/privkey.pem": str(key)})
        site = put(site, **{"listen 443": f"listen 127.0.0.1:{port}", "listen [::]:443": f"listen 127.0.0.2:{port}"})
    plain = other if is_https else port
    site = put(site, **{"listen 80": f"listen 127.0.0.1:{plain}", "listen [::]:80": f"listen 127.0.0.2:{plain}"})
    parts = ("client_body", "proxy", "fastcgi", "scgi", "uwsgi")
    kept = "".join(f"{part}_temp_path {folder}/{part};" for part in parts)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log stderr; {'user root;' if os.geteuid() == 0 else ''}\n"
        f"events {{}} http {{ include /etc/nginx/mime.types; access_log off; {kept}\n{site}\n}}\n"
    )
    call = (need("nginx"), "-e", "stderr", "-c", str(configuration))
    assert "test is successful" in checked(*call, "-t")
    return running(call, port, {})


def caddy(folder: Path, site: str, address: str = NAME) -> AbstractContextManager[int]:
    """Run Caddy with that site, as printed but for its port and an authority of its own; its port for https."""
    port = free_port()
    options = ("admin off", "local_certs", "skip_install_trust", "auto_https disable_redirects")
    local = "\n".join(("{", *options, f"http_port {free_port()}", "}\n"))
    (folder / "Caddyfile").write_text(local + put(site, **{address: f"https://{NAME}:{port}"}))
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    call = (need("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile")
    return running(call, port, home)


SERVERS: dict[str, Callable[[Path, str], AbstractContextManager[int]]] = {"nginx": nginx, "caddy": caddy}


@contextmanager
def running(call: tuple[str, ...], port: int, environment: Mapping[str, str]) -> Iterator[int]:
    """Run a program until the end of the block, once it listens on that port."""
    process = subprocess.Popen(
        call, env={"PATH": os.environ["PATH"], **environment}, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        while not _listens(port):
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.05)
        yield port
    finally:
        end(process)
        assert process.stderr
        process.stderr.close()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def asking(port: int, *, by_tls: bool = True) -> Iterator[http.client.HTTPConnection]:
    """A connection to the server there that asks for tracker.example."""
    connection = http.client.HTTPConnection(NAME, port, timeout=30)
    connection.sock = socket.create_connection(("127.0.0.1", port), timeout=30)
    if by_tls:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # it is our own
        connection.sock = context.wrap_socket(connection.sock, server_hostname=NAME)
    try:
        yield connection
    finally:
        connection.close()
