"""What machines look for: crawlers, finders of security faults, and search engines.

JSON-LD tells search engines of the data as a Dataset and of a law as Legislation (schema.org). It is in a script
element of a type that no browser runs, which the content security policy allows.
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, render_template
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.queries import public
from tracker.queries.public import feeds as pages
from tracker.queries.public.filters import FILTER_PARAMETERS
from tracker.web.addresses import whole_address
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
# RFC 9116 recommends less than a year.
VALID_FOR = timedelta(days=330)


@bp.get("/robots.txt")
def robots() -> Response:
    return _document("public/robots.txt", "text/plain", endless=ENDLESS)


@bp.get("/.well-known/security.txt")
def security() -> Response:
    return _document("public/security.txt", "text/plain", expires_on=today() + VALID_FOR)


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """The list of the blocks; it does not say when each changed, for that would be a look at every ask."""
    numbers = range(1, pages.count_blocks(db()) + 1)
    addresses = [whole_address("machines.sitemap_block", number=number) for number in numbers]
    return _document("public/sitemaps.xml", "application/xml", addresses=addresses)


@bp.get("/sitemap-<id:number>.xml")
def sitemap_block(number: int) -> Response:
    """The asks and laws whose ids lie in the block; the first one has the other pages too."""
    if number > pages.count_blocks(db()):
        abort(404)
    is_first = number == 1
    return _document(
        "public/sitemap.xml",
        "application/xml",
        fixed=FIXED_PAGES if is_first else (),
        sources=public.list_sources(db()) if is_first else (),
        bodies=public.list_bodies(db()) if is_first else (),
        asks=pages.list_asks_in(db(), number),
        laws=pages.list_laws_in(db(), number),
    )


def _document(template: str, kind: str, **values: object) -> Response:
    return current_app.response_class(render_template(template, **values), content_type=f"{kind}; charset=utf-8")


@bp.app_template_global()
def linked_data(thing: dict[str, Any]) -> Markup:
    """Return the element for the head of a page, without empty values; no text in it can end the element."""
    known = {name: value for name, value in thing.items() if value not in (None, "")}
    text = htmlsafe_json_dumps({"@context": "https://schema.org"} | known, separators=(",", ":"))
    return Markup('<script type="application/ld+json">{}</script>').format(text)
