"""Atom feeds (RFC 4287), written with the standard library."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

NAMESPACE = "http://www.w3.org/2005/Atom"
# Of our one element that is not Atom's; readers pass over what they do not know (RFC 4287, 6.3).
OWN_NAMESPACE = "tag:policy-tracker,2026:atom"
# The date of RFC 4151's names. It never changes, nor does any name that was made with it.
NAMED_SINCE = "2026"
NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)


class FeedLink(NamedTuple):
    """A web address that a feed or an entry names, and what it is to it."""

    rel: str
    href: str
    title: str = ""
    type: str = ""


class FeedCategory(NamedTuple):
    """What sort of entry it is, in one of our schemes."""

    scheme: str
    term: str
    label: str


class FeedEntry(NamedTuple):
    """An entry; `content` is HTML."""

    id: str
    title: str
    published: datetime
    updated: datetime
    links: tuple[FeedLink, ...]
    categories: tuple[FeedCategory, ...]
    content: str


class Feed(NamedTuple):
    """A feed, its entries in the order in which they are to be read; `checkpoint` fixes the history behind it."""

    id: str
    title: str
    subtitle: str
    author: str
    home: str
    links: tuple[FeedLink, ...]
    rights: str
    checkpoint: str
    entries: tuple[FeedEntry, ...]


def tag(site_id: str, name: str) -> str:
    """Return a permanent name (RFC 4151): tag:policy-tracker,2026:6f0a…/update/42."""
    return f"tag:policy-tracker,{NAMED_SINCE}:{site_id}/{name}"


def write_feed(feed: Feed) -> bytes:
    """The feed as a document; it was updated when its newest entry was."""
    root = Element("feed", {"xmlns": NAMESPACE, "xmlns:tracker": OWN_NAMESPACE, "xml:lang": "en-GB"})
    _text(root, id=feed.id, title=feed.title, subtitle=feed.subtitle, rights=feed.rights)
    _text(root, updated=_moment(max((entry.updated for entry in feed.entries), default=NOTHING_YET)))
    author = SubElement(root, "author")
    _text(author, name=feed.author, uri=feed.home)
    _links(root, feed.links)
    SubElement(root, "tracker:checkpoint").text = feed.checkpoint
    for entry in feed.entries:
        _entry(SubElement(root, "entry"), entry)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(element: Element, entry: FeedEntry) -> None:
    _text(element, id=entry.id, title=entry.title)
    _text(element, published=_moment(entry.published), updated=_moment(entry.updated))
    _links(element, entry.links)
    for category in entry.categories:
        SubElement(element, "category", category._asdict())
    SubElement(element, "content", {"type": "html"}).text = entry.content


def _links(element: Element, links: Iterable[FeedLink]) -> None:
    for link in links:
        SubElement(element, "link", {name: value for name, value in link._asdict().items() if value})


def _text(element: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(element, name).text = text


def _moment(moment: datetime) -> str:
    """A moment as RFC 3339 writes it, in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
