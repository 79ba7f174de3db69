"""The servers that are compared: the site, the same bytes with nothing behind them, the same page from memory."""

import pickle
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.load import Answer
from bench.processes import Server, free_port, running

# What the server itself says of a connection, not of the page.
OF_THE_CONNECTION = {"connection", "date", "keep-alive", "server", "transfer-encoding"}
SETTINGS = {
    "SECRET_KEY": "for measuring only, never for a real site",
    "TRACKER_ENV": "local",
    "TRACKER_SITE_URL": "http://127.0.0.1",
}
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors; user root;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type text/html;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; root {folder}; location / {{ index page; {headers} }} }}
}}
"""


@contextmanager
def tracker(database: str, *, cache_mb: int = 64, **more: str) -> Iterator[Server]:
    """The site as `tracker serve` runs it; with no room in its cache it renders each page anew."""
    port = free_port()
    settings = {
        "DATABASE_URL": database,
        "PORT": str(port),
        "TRACKER_CACHE_MB": str(cache_mb),
        "TRACKER_WORKERS": "1",
        **SETTINGS,
        **more,
    }
    with running("the site", [sys.executable, "-m", "tracker.cli", "serve"], port, settings) as server:
        yield server


@contextmanager
def raw(answer: Answer) -> Iterator[Server]:
    """A WSGI app that only hands out these bytes."""
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "answer"
        headers = [(name, value) for name, value in answer.headers if name.lower() not in OF_THE_CONNECTION]
        kept.write_bytes(pickle.dumps((headers, answer.body)))
        with _wsgi("raw WSGI", "bench.apps:create_raw", {"BENCH_ANSWER": str(kept)}) as server:
            yield server


@contextmanager
def from_memory(database: str, paths: list[str]) -> Iterator[Server]:
    """Flask and Jinja with the pages of these addresses, whose records they hold in memory."""
    settings = {"DATABASE_URL": database, "BENCH_PATHS": "\n".join(paths), **SETTINGS}
    with _wsgi("Flask and Jinja from memory", "bench.apps:create_from_memory", settings) as server:
        yield server


@contextmanager
def nginx(answer: Answer) -> Iterator[Server | None]:
    """nginx with these bytes as a file; None where there is no nginx."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        yield None
        return
    with TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        (folder / "page").write_bytes(answer.body)
        left_out = OF_THE_CONNECTION | {"content-length", "content-type", "etag"}
        headers = [f'add_header {name} "{value}";' for name, value in _escaped(answer) if name.lower() not in left_out]
        (folder / "conf").write_text(NGINX.format(folder=folder, port=port, headers=" ".join(headers)))
        with running("nginx", [program, "-c", str(folder / "conf"), "-e", str(folder / "errors")], port) as server:
            yield server


@contextmanager
def datasette(path: Path) -> Iterator[Server]:
    """Datasette on the same SQLite file, with the limits that it comes with."""
    port = free_port()
    command = [sys.executable, "-m", "datasette", "serve", str(path), "--host", "127.0.0.1", "--port", str(port)]
    with running("Datasette", command, port) as server:
        yield server


@contextmanager
def _wsgi(name: str, factory: str, settings: dict[str, str]) -> Iterator[Server]:
    """An app on the server of the site, with the same settings."""
    port = free_port()
    with running(name, [sys.executable, "-m", "bench.apps", factory, str(port)], port, settings) as server:
        yield server


def _escaped(answer: Answer) -> list[tuple[str, str]]:
    return [(name, value.replace("\\", "\\\\").replace('"', '\\"')) for name, value in answer.headers]
