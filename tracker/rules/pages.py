"""Addresses of web pages: one spelling to store, and one key for every spelling of the same page."""

import re
from string import punctuation
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from tracker.rules.text import without_invisible

WITHOUT_SCHEME = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#]\S*)?", re.ASCII | re.IGNORECASE)
USUAL_PORTS = {"http": ":80", "https": ":443"}
# What newsletters, social networks and advertisers add to an address; it changes nothing about the page.
MARK = re.compile(
    "utm_[a-z_]+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|twclid|yclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok",
    re.ASCII | re.IGNORECASE,
)
ARCHIVED = re.compile("https?:/")
ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}", re.ASCII)
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]", re.ASCII)


def tidied(text: str) -> str:
    """Return an address with its scheme, its host in small letters, and nothing invisible and no marks of senders.

    What is no web address comes back as it was, less what is invisible.
    """
    text = without_invisible(text).strip()
    if WITHOUT_SCHEME.fullmatch(text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    if parts.scheme not in USUAL_PORTS or "@" in parts.netloc or re.search(r"\s", text):
        return text
    host, query = parts.netloc.lower().removesuffix(USUAL_PORTS[parts.scheme]), parts.query
    if not ARCHIVED.search(parts.path):  # an archive's address ends with one that it must get whole
        query = "&".join(part for part in query.split("&") if not MARK.fullmatch(part.partition("=")[0]))
    return urlunsplit(parts._replace(netloc=host, query=query))


def page_key(url: str) -> str:
    """Return the same text for every spelling of an address: by either scheme, with www., marks or an anchor."""
    return ESCAPED.sub(_as_usual, quote(_bare(url), safe=punctuation))


def spellings(url: str) -> list[str]:
    """Return the addresses by which a page is likely to be stored, to be looked up in an index."""
    starts, bare = ("https://", "https://www.", "http://", "http://www."), _bare(url)
    return [url, tidied(url), *(f"{start}{bare}{end}" for start in starts for end in ("", "/"))]


def _bare(url: str) -> str:
    return tidied(url).partition("#")[0].partition("://")[2].rstrip("/").removeprefix("www.")


def _as_usual(escaped: re.Match[str]) -> str:
    """Return an escape as RFC 3986, 6.2.2, has it: none for letters, digits and a few signs, others in capitals."""
    character = unquote(escaped[0], errors="replace")
    return character if UNRESERVED.fullmatch(character) else escaped[0].upper()
