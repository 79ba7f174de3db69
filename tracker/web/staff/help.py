"""The help: the user guide of docs/guide/ as pages of the staff area."""

from functools import cache
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup

from tracker.paths import resource_dir
from tracker.rules.people import Action
from tracker.web.auth import requires
from tracker.web.build import static_file

if TYPE_CHECKING:
    from markdown_it.token import Token

bp = Blueprint("help", __name__, url_prefix="/staff/help")
GUIDE, INDEX = resource_dir("docs/guide"), "README"
# The pages in their order, and where each one helps: the names of blueprints, or of a view that has a page of its own.
PAGES = {
    "first-day": ("account",),
    "update": ("updates", "approval", "findings", "publishers", "staff.review"),
    "correction": ("updates.correct",),
    "new-ask": ("asks", "sources", "bodies", "laws", "moves", "targets"),
    "spreadsheet": ("bulk", "sheets"),
    "disputes": ("disputes",),
    "statuses": (),
    "leaving": ("people",),
}
HELPS = {place: page for page, places in PAGES.items() for place in places}


@bp.get("", defaults={"page": INDEX}, endpoint="index")
@bp.get(f"/<any({', '.join(map(repr, PAGES))}):page>")
@requires(Action.READ)
def show(page: str) -> str:
    from markdown_it import MarkdownIt  # which takes its time, and few ask for help

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(_read(page).partition("\n")[2])
    for token in tokens:
        for part in token.children or ():
            _lead_on(part)
    body = Markup(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S704 (our own, without HTML)
    return render_template("staff/help.html", page=page, body=body, pages=PAGES, title_of=title_of)


@bp.app_template_global()
def help_here() -> tuple[str, str] | None:
    """The page that helps with the present one, and its title; None where none does."""
    page = HELPS.get(request.endpoint or "", HELPS.get(request.blueprint or ""))
    return (page, title_of(page)) if page else None


def title_of(page: str) -> str:
    """The title of a page of the guide."""
    return _read(page).partition("\n")[0].removeprefix("# ")


@cache
def _read(page: str) -> str:
    return (GUIDE / f"{page}.md").read_text(encoding="utf-8")


def _lead_on(part: "Token") -> None:
    """Let a link between files lead to the page here, and a picture come from the static files."""
    if part.type == "link_open":
        part.attrs["href"] = url_for("help.show", page=str(part.attrs["href"]).removesuffix(".md"))
    elif part.type == "image":
        part.attrs["src"] = static_file(str(part.attrs["src"]).partition("/static/")[2])
