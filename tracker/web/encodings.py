"""Content codings: which of them a reader accepts (RFC 9110, 12.5.3), and bodies in each of them."""

import gzip
import re
from functools import lru_cache

import brotli

IDENTITY, GZIP, BROTLI = "identity", "gzip", "br"
# The order is our own preference where a reader has none.
CODINGS = (BROTLI, GZIP, IDENTITY)
LONGEST_HEADER = 500
SMALLEST_BODY = 500
COMPRESSIBLE = re.compile(r"text/|application/(json|xml|[^;]+\+(json|xml))|image/svg\+xml", re.IGNORECASE)
ITEM = re.compile(r"\s*([!#$%&'*+.^_`|~0-9a-z-]+)\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")
# A page is compressed again after each change of the content, so the last few per cent would cost too much.
BROTLI_QUALITY = 5
GZIP_LEVEL = 6


def accepted(header: str) -> tuple[str, ...]:
    """The codings that an Accept-Encoding header allows, best first; never empty.

    What cannot be read counts as not said. A reader who allows nothing that we have gets the plain body,
    as RFC 9110, 12.5.3 permits.
    """
    return _accepted(header) if len(header) <= LONGEST_HEADER else (IDENTITY,)


@lru_cache(maxsize=512)
def _accepted(header: str) -> tuple[str, ...]:
    weights: dict[str, float] = {}
    for item in header.lower().split(","):
        if match := ITEM.fullmatch(item):
            name = match[1].removeprefix("x-")
            weights.setdefault(name, min(float(match[2] or 1), 1))
    others = weights.get("*", 0)
    # Below every coding that is named, and still allowed.
    weighed = {IDENTITY: weights.get(IDENTITY, others if "*" in weights else 0.0001)}
    weighed |= {name: weights.get(name, others) for name in (BROTLI, GZIP)}
    allowed = [name for name in CODINGS if weighed[name] > 0]
    return tuple(sorted(allowed, key=lambda name: -weighed[name])) or (IDENTITY,)


def is_worth_compressing(content_type: str, body: bytes) -> bool:
    """Whether a body gets smaller by it; pictures and archives are compressed already."""
    return len(body) >= SMALLEST_BODY and COMPRESSIBLE.match(content_type) is not None


def encode(coding: str, body: bytes) -> bytes:
    """The body in a coding; the same bytes each time."""
    if coding == BROTLI:
        return bytes(brotli.compress(body, quality=BROTLI_QUALITY))
    return gzip.compress(body, GZIP_LEVEL, mtime=0) if coding == GZIP else body
