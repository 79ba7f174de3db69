"""The apps that the site is compared with; `python -m bench.apps FACTORY PORT` serves one as the site is served."""

import os
import pickle
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, render_template, template_rendered
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from tracker.app import create_app
from tracker.server import THREADS


def create_raw() -> WSGIApplication:
    """The bytes of one answer, whatever is asked."""
    headers, body = pickle.loads(Path(os.environ["BENCH_ANSWER"]).read_bytes())

    def app(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return [body]

    return app


def create_from_memory() -> Flask:
    """A Flask app with the site's addresses and templates, but with records that were read once."""
    site = create_app()
    plain = Flask("tracker")
    plain.config.update(site.config)
    plain.url_map = site.url_map
    plain.jinja_env = site.jinja_env
    for path in os.environ["BENCH_PATHS"].split("\n"):
        seen: list[tuple[Any, dict[str, Any]]] = []

        def note(_: Flask, template: Any, context: dict[str, Any], seen: list[Any] = seen, **_more: Any) -> None:
            seen.append((template, context))

        with template_rendered.connected_to(note, site), site.test_request_context(path) as request:
            endpoint = request.request.endpoint or ""
            site.full_dispatch_request()
        plain.view_functions[endpoint] = _view(*seen[-1])
    return plain


def _view(template: Any, context: dict[str, Any]) -> Callable[..., str]:
    # These belong to a request and are put in anew for each.
    kept = {name: value for name, value in context.items() if name not in {"g", "request", "session"}}
    return lambda **_: render_template(template, **kept)


def main(factory: str, port: str) -> None:
    """Serve until stopped, with the settings of tracker/server.py."""
    Granian(
        factory,
        factory=True,
        interface=Interfaces.WSGI,
        address="127.0.0.1",
        port=int(port),
        workers=1,
        blocking_threads=THREADS,
        backlog=1024,
        log_access=False,
        log_level=LogLevels.error,
    ).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
