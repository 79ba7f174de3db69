"""Sitemaps (sitemaps.org 0.9), written with the standard library."""

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def write_index(addresses: Iterable[str]) -> bytes:
    """The list of the sitemaps."""
    root = Element("sitemapindex", {"xmlns": NAMESPACE})
    for address in addresses:
        SubElement(SubElement(root, "sitemap"), "loc").text = address
    return _document(root)


def write(pages: Iterable[tuple[str, datetime | None]]) -> bytes:
    """One sitemap: the addresses of pages, each with the moment of its last change where that is known."""
    root = Element("urlset", {"xmlns": NAMESPACE})
    for address, changed_at in pages:
        page = SubElement(root, "url")
        SubElement(page, "loc").text = address
        if changed_at:
            SubElement(page, "lastmod").text = changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _document(root)


def _document(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
