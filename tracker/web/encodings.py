"""Gzip for answers: who accepts it, and which bodies gain by it."""

import gzip
import re
from functools import lru_cache
from wsgiref.types import WSGIEnvironment

from werkzeug.http import parse_accept_header

LONGEST_HEADER = 500
SMALLEST_BODY = 500
COMPRESSIBLE = re.compile(r"text/|application/(json|xml|[^;]+\+(json|xml))|image/svg\+xml", re.IGNORECASE)
# A page is compressed again after each change of the content, so the last few per cent would cost too much.
LEVEL = 6


def accepts_gzip(environ: WSGIEnvironment) -> bool:
    """True if the request's Accept-Encoding allows gzip and does not prefer the plain body."""
    header = environ.get("HTTP_ACCEPT_ENCODING", "")
    return len(header) <= LONGEST_HEADER and _accepts_gzip(header)


@lru_cache(maxsize=512)
def _accepts_gzip(header: str) -> bool:
    return parse_accept_header(header).best_match(("gzip", "identity")) == "gzip"


def compress(content_type: str, body: bytes) -> bytes:
    """Return the body in gzip, the same bytes each time; or the body itself when gzip would gain nothing."""
    if len(body) < SMALLEST_BODY or not COMPRESSIBLE.match(content_type):
        return body
    return min(body, gzip.compress(body, LEVEL, mtime=0), key=len)
