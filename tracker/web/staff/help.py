"""The help: the user guide of docs/guide/ as pages of the staff area."""

import re
from functools import cache

from flask import Blueprint, abort, render_template, request, url_for
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from tracker.paths import resource_dir
from tracker.rules.permissions import Action
from tracker.web.auth import requires
from tracker.web.build import static_file

bp = Blueprint("help", __name__, url_prefix="/staff/help")
GUIDE = resource_dir("docs/guide")
INDEX = "README"
PAGES = ("first-day", "update", "correction", "new-ask", "spreadsheet", "disputes", "statuses", "leaving")
# Which page helps where: by the name of the view, or else by that of its blueprint.
HELPS = {
    "updates": "update",
    "approval": "update",
    "updates.correct": "correction",
    "asks": "new-ask",
    "tests": "new-ask",
    "sources": "new-ask",
    "laws": "new-ask",
    "moves": "new-ask",
    "bulk": "spreadsheet",
    "sheets": "spreadsheet",
    "imports": "spreadsheet",
    "replies": "disputes",
    "disputes": "disputes",
    "people": "leaving",
    "account": "first-day",
}
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@bp.get("")
@requires(Action.READ)
def index() -> str:
    return _page(INDEX)


@bp.get("/<page>")
@requires(Action.READ)
def show(page: str) -> str:
    return _page(page) if page in PAGES else abort(404)


@bp.app_template_global()
def help_here() -> tuple[str, str] | None:
    """The page that helps with the present one, and its title; None where none does."""
    page = HELPS.get(request.endpoint or "", HELPS.get(request.blueprint or ""))
    return (page, title_of(page)) if page else None


@cache
def title_of(page: str) -> str:
    """The title of a page of the guide."""
    return _read(page).partition("\n")[0].removeprefix("# ")


@cache
def _read(page: str) -> str:
    return (GUIDE / f"{page}.md").read_text(encoding="utf-8")


def _page(page: str) -> str:
    tokens = MARKDOWN.parse(_read(page).partition("\n")[2])
    for token in tokens:
        for part in token.children or ():
            _lead_on(part)
    body = Markup(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}))  # noqa: S704 (our own, without HTML)
    return render_template("staff/help.html", page=page, body=body, pages=PAGES, title_of=title_of)


def _lead_on(part: Token) -> None:
    """Let a link between files lead to the page here, and a picture come from the static files."""
    if part.type == "link_open":
        part.attrs["href"] = url_for("help.show", page=re.sub(r"\.md$", "", str(part.attrs["href"])))
    elif part.type == "image":
        part.attrs["src"] = static_file(str(part.attrs["src"]).partition("/static/")[2])
