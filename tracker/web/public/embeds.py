"""What other sites may show inside their own pages, and nothing else of ours: a badge, a card and a picture."""

from collections.abc import Mapping
from html import escape

from flask import Blueprint, abort, current_app, render_template
from werkzeug.wrappers import Response

from tracker.exports import badge as badges
from tracker.exports import picture as pictures
from tracker.exports.picture import Picture
from tracker.queries.public import asks
from tracker.queries.public.records import AskLine
from tracker.rules.status import Family
from tracker.web.addresses import day_asked_for, follow_former_slug, refuse_contradictions, whole_address
from tracker.web.build import coloured, face
from tracker.web.security import EVERYBODY_MAY_FRAME
from tracker.web.session import db

bp = Blueprint("embeds", __name__)
CARD_SIZE = 480, 260
A_DAY = {"Cache-Control": "public, max-age=86400"}
CROSS_ORIGIN = {"Cross-Origin-Resource-Policy": "cross-origin"}
BADGE_POLICY = f"default-src 'none'; style-src 'sha256-{badges.STYLE_HASH}'; {EVERYBODY_MAY_FRAME}"


@bp.get("/asks/<slug:slug>/badge.svg")
def badge(slug: str) -> Response:
    """The status of an ask as an image."""
    found = asks.find_embedded(db(), slug, day_asked_for())
    if found is None:
        return follow_former_slug(slug)
    line, is_archived = found
    label, family = "No longer followed", Family.NOT_COUNTED
    if line.status and not is_archived:
        label, family = line.status.label, line.status.family
    return current_app.response_class(
        badges.draw(label, family, f"{label}: {line.title} – {face().name}", face().name),
        content_type="image/svg+xml; charset=utf-8",
        headers=CROSS_ORIGIN | {"Content-Security-Policy": BADGE_POLICY},
    )


@bp.get("/asks/<slug:slug>/card")
def card(slug: str) -> Response:
    """The status of an ask as a small page for a frame."""
    on = day_asked_for()
    found = asks.find_embedded(db(), slug, on)
    if found is None:
        return follow_former_slug(slug)
    line, is_archived = found
    usual = current_app.config["SECURITY_HEADERS"]["Content-Security-Policy"]
    policy = usual.replace("frame-ancestors 'none'", EVERYBODY_MAY_FRAME)
    return current_app.response_class(
        render_template("public/card.html", line=line, is_archived=is_archived, on=on),
        content_type="text/html; charset=utf-8",
        headers=CROSS_ORIGIN | {"Content-Security-Policy": policy},
    )


@bp.get("/asks/<slug:slug>/picture.png")
def picture(slug: str) -> Response:
    """The picture that social networks show; `v` only makes them fetch it again when it has changed."""
    refuse_contradictions()
    found = asks.find_embedded(db(), slug)
    if found is None:
        return follow_former_slug(slug)
    drawn = pictures.draw(picture_of(found[0]))
    return current_app.response_class(drawn, content_type="image/png", headers=CROSS_ORIGIN)


@bp.get("/picture.png")
def site_picture() -> Response:
    """The picture of pages that have none of their own; `v` as above."""
    refuse_contradictions()
    return current_app.response_class(pictures.draw(picture_of()), content_type="image/png")


@bp.get("/icon.svg")
def icon() -> Response:
    """The icon of the site in its colour."""
    return current_app.response_class(coloured("icon.svg", face()), content_type="image/svg+xml", headers=A_DAY)


@bp.get("/logo.png")
def logo() -> Response:
    """The logo of the site, where it has one."""
    drawn: bytes = current_app.config["LOGO"]
    return current_app.response_class(drawn, content_type="image/png", headers=A_DAY) if drawn else abort(404)


@bp.app_template_global()
def picture_of(line: AskLine | None = None) -> Picture:
    """Return the picture of an ask, or that of the site, for pages that have none of their own."""
    if line is None:
        return Picture(face().claim, "", None, "", face().name, face().accent)
    return pictures.of_ask(line.title, line.status, line.status_on, line.reviewed_on, face())


@bp.app_template_global()
def embed_codes(line: AskLine) -> Mapping[str, str]:
    """Return what somebody copies into a page. The words for a badge name no status, for they stay when it changes."""
    page, words = whole_address("public.ask", slug=line.slug), escape(f"Status of “{line.title}”")
    size = f'width="{CARD_SIZE[0]}" height="{CARD_SIZE[1]}"'
    return {
        "badge": f'<a href="{page}"><img src="{page}/badge.svg" alt="{words}" height="{badges.HEIGHT}"></a>',
        "card": f'<iframe src="{page}/card" title="{words}" {size} style="border:0;max-width:100%"></iframe>',
    }
