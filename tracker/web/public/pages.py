"""The public pages: read-only, without cookies, complete without scripts."""

from collections import Counter
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.queries import public
from tracker.queries.public.filters import FILTER_PARAMETERS, AskFilter, Order, UnknownFilter, order_of
from tracker.queries.public.fitting import words_of
from tracker.queries.public.unknown import MOST
from tracker.rules.asks import Basis
from tracker.rules.checks import MARK
from tracker.rules.method import CHANGES
from tracker.rules.status import STATUSES_OF, Family, Status
from tracker.rules.story import QUIET_AFTER
from tracker.rules.updates import EvidenceType, UpdateKind
from tracker.web.addresses import day_asked_for, follow_former_slug, kind_asked_for
from tracker.web.public.charts import BANDS, FAMILIES, headline, years_chart
from tracker.web.session import db

bp = Blueprint("public", __name__)
STORY_PAGE = 15
LATEST = 5
MOST_SOURCES = 3
MOST_OF_ONE = 100  # asks on the page of a source or a body


@bp.get("/")
def index() -> str:
    on, asked, now = day_asked_for(), request.args, today()
    cells = public.count_cells(db(), on)
    families = public.count_by_family(public.sum_by_status(cells))
    shared = {"on": on, "total": sum(families.values()), "families": families, "today": on or now, "seen_on": now}
    if any(asked.get(name) for name in (*FILTER_PARAMETERS, "sort", "after")):
        return _search(on, shared, cells)
    sources = public.list_sources(db(), MOST_SOURCES + 1)
    made = {source.published_on.first_day.year for source in sources if source.published_on}
    return render_template(
        "public/index.html",
        **shared,
        **({} if on else _of_today(cells)),
        headline=headline(families, made if len(sources) == 1 else set()),
        groups=public.find_groups(db(), families, on),
        wanted=AskFilter(),
        choices=public.find_choices(db(), AskFilter(), on=on, cells=cells),
        bands=BANDS,
        sources=sources,
        most_sources=MOST_SOURCES,
    )


def _of_today(cells: list[public.Cell]) -> dict[str, Any]:
    """Return what the first page shows of today alone: the years up to now, and the latest entries."""
    newest = public.list_updates(db(), size=2 * LATEST, news_only=True).entries
    return {
        "chart": years_chart(public.count_by_year(db(), cells), public.find_last_change(db(), today()), today()),
        "latest": [entry for entry in newest if not entry.is_corrected][:LATEST],
    }


def _search(on: date | None, shared: dict[str, Any], cells: list[public.Cell]) -> str:
    """The asks that fit; a filter that no longer exists leads to all of them, and the page says so."""
    try:
        wanted, gone = AskFilter.from_query(request.args), ""
        order = Order.CHANGED if on else order_of(request.args, wanted)
        found = _fitting(wanted, order, on, cells, request.args.get("after", ""))
    except UnknownFilter as error:
        wanted, gone = AskFilter(), str(error)
        found = _fitting(wanted, Order.CHANGED, on, cells, "")
    return render_template(
        "public/search.html",
        **shared,
        **found,
        first_year=_first_year(),
        gone=gone,
        orders=Order,
        words=frozenset(words_of(wanted.text)),
        law_title=public.find_law_title(db(), wanted.law) if wanted.law else None,
        near=public.find_near(db(), wanted.text) if wanted.text and not found["page"].number else "",
    )


def _fitting(wanted: AskFilter, order: Order, on: date | None, cells: list[public.Cell], after: str) -> dict[str, Any]:
    """Return a page of the asks that fit, and what each filter would leave."""
    choices = public.find_choices(db(), wanted, on=on, cells=cells)
    page = public.find_page(db(), wanted, order, after=after, on=on, with_tests=True, number=choices.number)
    return {"wanted": wanted, "order": order, "choices": choices, "page": page}


@bp.get("/asks/<slug:slug>")
def ask(slug: str) -> str | Response:
    on = day_asked_for()
    found = public.find_ask(db(), slug, on=on)
    if found is None:
        return follow_former_slug(slug, on=on)
    return render_template(
        "public/ask.html",
        ask=found,
        sanctions=public.find_sanctions(db(), found),
        today=on or today(),
        seen_on=today(),
    )


@bp.get("/asks/<slug:slug>/story")
def story(slug: str) -> str | Response:
    """The entries of an ask with their evidence, page by page; `entry` is the key of the one that stands first."""
    on, first = day_asked_for(), request.args.get("entry", "")
    found = public.find_ask(db(), slug, on=on)
    if found is None:
        return follow_former_slug(slug, on=on, entry=first or None)
    keys = [entry.key for entry in found.story]
    if first and first not in keys:
        abort(404, "This ask has no such entry.")
    start = keys.index(first) if first else 0
    end = start + STORY_PAGE
    return render_template(
        "public/story.html", ask=found, entries=found.story[start:end], start=start, older=next(iter(keys[end:]), "")
    )


@bp.get("/asks/<slug:slug>/history")
def ask_history(slug: str) -> str | Response:
    """The wording of an ask over time: what we changed about its own words."""
    found = public.find_history(db(), slug)
    if found is None:
        return follow_former_slug(slug)
    title, steps = found
    return render_template("public/ask_history.html", slug=slug, title=title, steps=steps)


@bp.get("/sources/<slug:key>")
def source(key: str) -> str:
    """A source with what it asked for, and what became of that."""
    found = public.find_source(db(), key) or abort(404)
    shown = _asks_that_fit(AskFilter(source=key))
    lines = shown["page"].lines
    return render_template(
        "public/source.html",
        **shown,
        source=found,
        passages=public.list_passages(db(), lines),
        bases=Counter(line.basis for line in lines if line.basis),
    )


@bp.get("/bodies/<slug:slug>")
def body(slug: str) -> str:
    """The asks for which a body answers."""
    found = public.find_body(db(), slug) or abort(404)
    return render_template("public/body.html", **_asks_that_fit(AskFilter(body=slug)), found=found)


def _first_year() -> int:
    """The year of the oldest ask, in which drawn spells begin."""
    return min(public.find_years(db()).values(), default=today().year)


def _asks_that_fit(wanted: AskFilter) -> dict[str, Any]:
    """Return what the page of a source or a body shows of its asks."""
    on = day_asked_for()
    return {
        "on": on,
        "today": on or today(),
        "seen_on": today(),
        "first_year": _first_year(),
        "families": public.count_by_family(public.count_by_status(db(), on, wanted)),
        "page": public.find_page(db(), wanted, Order.STATUS, size=MOST_OF_ONE, on=on, with_tests=True),
        "chosen": wanted.as_query(),
        "bands": FAMILIES,
    }


@bp.get("/updates")
def updates() -> str:
    kind, after = kind_asked_for(), request.args.get("after", "")
    return render_template(
        "public/updates.html",
        page=public.list_updates(db(), kind, after),
        counts=public.count_updates(db()),
        kind=kind,
        is_first=not after,
    )


@bp.get("/corrections")
def corrections() -> str:
    after = request.args.get("after", "")
    return render_template(
        "public/corrections.html",
        page=public.list_updates(db(), UpdateKind.CORRECTION, after),
        reworded=public.list_updates(db(), UpdateKind.REDEFINITION),
        disputes=public.list_ended_disputes(db()),
        takings_down=public.list_takings_down(db()),
        mark=MARK,
        is_first=not after,
    )


@bp.get("/legislation")
def legislation() -> str:
    after = request.args.get("after", "")
    return render_template("public/legislation.html", page=public.list_laws(db(), after), is_first=not after)


@bp.get("/legislation/<law:key>")
def law(key: str) -> str | Response:
    found = public.find_law(db(), key)
    if found is None:
        key_now = public.find_key_of(db(), key)
        return redirect(url_for(".law", key=key_now), 301) if key_now else abort(404)
    return render_template(
        "public/law.html", law=found, regime=public.find_regime(db(), found.line.title), today=today()
    )


@bp.get("/unknown")
def unknown() -> str:
    return render_template("public/unknown.html", gaps=public.list_unknown(db(), today()), most=MOST)


@bp.get("/method")
def method() -> str:
    return render_template(
        "public/method.html",
        statuses_of=STATUSES_OF,
        families=Family,
        statuses=Status,
        bases=Basis,
        evidence_types=EvidenceType,
        changes=CHANGES,
        quiet_days=QUIET_AFTER.days,
    )


@bp.get("/about")
def about() -> str:
    config = current_app.config
    return render_template(
        "public/about.html", contact=config["CONTACT_EMAIL"], publisher=config["PUBLISHER"], funding=config["FUNDING"]
    )


@bp.get("/accessibility")
def accessibility() -> str:
    return render_template("public/accessibility.html", contact=current_app.config["CONTACT_EMAIL"])
