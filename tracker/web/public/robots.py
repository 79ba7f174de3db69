"""What crawlers and finders of security faults look for at addresses that are the same on every site."""

from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, abort, current_app, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.exports.xml import write_sitemap, write_sitemap_index
from tracker.queries import public
from tracker.queries.public import feeds as pages
from tracker.queries.public.filters import FILTER_PARAMETERS
from tracker.web.addresses import site_url
from tracker.web.session import db

bp = Blueprint("machines", __name__)
FIXED_PAGES = (
    "public.index",
    "public.updates",
    "public.corrections",
    "public.unknown",
    "public.legislation",
    "public.method",
    "public.about",
    "public.accessibility",
)
# A crawler that followed every day of the past, or every combination of filters, would never come to an end.
ENDLESS = (*FILTER_PARAMETERS, "sort", "on")
SECURITY = """Contact: {contact}
Expires: {expires}
Preferred-Languages: en
Canonical: {canonical}
"""
# RFC 9116 recommends less than a year.
VALID_FOR = timedelta(days=330)


@bp.get("/robots.txt")
def robots() -> Response:
    endless = [f"Disallow: /*{mark}{name}=" for name in ENDLESS for mark in "?&"]
    lines = ["User-agent: *", "Disallow: /staff/", *endless, "", f"Sitemap: {_address('machines.sitemap')}"]
    return _text("\n".join(lines) + "\n")


@bp.get("/.well-known/security.txt")
def security() -> Response:
    email = current_app.config["CONTACT_EMAIL"]
    expires = datetime.combine(today() + VALID_FOR, time(), UTC)
    return _text(
        SECURITY.format(
            contact=f"mailto:{email}" if email else _address("public.about") + "#contact",
            expires=expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            canonical=_address("machines.security"),
        )
    )


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """The list of the blocks; it does not say when each changed, for that would be a look at every ask."""
    numbers = range(1, pages.count_blocks(db()) + 1)
    return _xml(write_sitemap_index(_address("machines.sitemap_block", number=number) for number in numbers))


@bp.get("/sitemap-<id:number>.xml")
def sitemap_block(number: int) -> Response:
    """The asks and laws whose ids lie in the block; the first one has the other pages too."""
    if number > pages.count_blocks(db()):
        abort(404)
    fixed = [(address, None) for address in (_first_pages() if number == 1 else ())]
    asks = [(_address("public.ask", slug=ask.name), ask.changed_at) for ask in pages.list_asks_in(db(), number)]
    laws = [(_address("public.law", key=law.name), law.changed_at) for law in pages.list_laws_in(db(), number)]
    return _xml(write_sitemap([*fixed, *asks, *laws]))


def _first_pages() -> list[str]:
    """The fixed pages, and those of sources and bodies, of which there are few."""
    sources = [_address("public.source", key=source.key) for source in public.list_sources(db())]
    bodies = [_address("public.body", slug=slug) for slug in public.list_bodies(db())]
    return [*map(_address, FIXED_PAGES), *sources, *bodies]


def _address(endpoint: str, **values: str | int) -> str:
    return site_url() + url_for(endpoint, **values)  # type: ignore[arg-type]


def _text(text: str) -> Response:
    return current_app.response_class(text, content_type="text/plain; charset=utf-8")


def _xml(document: bytes) -> Response:
    return current_app.response_class(document, content_type="application/xml; charset=utf-8")
