"""A record is chosen by what a person has at hand, and no form grows with the number of records."""

from typing import Any

import sqlalchemy as sa

from tests.browser import Page
from tests.site import ADA, ED, WEALTH_ORDERS, Site
from tests.web.test_status_change import UNDONE, status_form
from tracker.models import Ask, Legislation, Link, Source, Update
from tracker.queries.choosing import MOST
from tracker.queries.paging import SIZE

ACT = "ukpga/2018/13"


def offered(page: Page, name: str) -> list[str]:
    """What the page suggests for a field."""
    (field,) = (element for element in page.tree.iter("input") if element.get("name") == name)
    (suggestions,) = (element for element in page.tree.iter("datalist") if element.get("id") == field.get("list"))
    return [option.get("value", "") for option in suggestions.iter("option")]


def test_words_that_fit_no_law_or_several_bring_everything_typed_back_with_suggestions(site: Site) -> None:
    form = site.browser(ED).get(f"/staff/asks/{site.ask_id()}").follow("Link a law")
    for typed, says in (
        ("", "Fill in “Law”."),
        ("no such law at all", "No law here fits. Add it first: Legislation, New law."),
        ("x\x00", "cannot be stored (U+0000)"),
    ):
        with site.unchanged():
            refused = form.submit("Keep as a draft", legislation_id=typed, note="So.")
        assert says in refused.errors("legislation_id")[0]
        assert refused.value("note") == "So."
    with site.unchanged():
        typed_too = {"effect": "enables", "provisions": "ss. 1–3", "note": "So."}
        asked = form.submit("Keep as a draft", legislation_id="criminal finances", **typed_too)
    assert asked.status == 422
    found = offered(asked, "legislation_id")
    assert 1 < len(found) <= MOST
    says = f"“criminal finances” names none of them alone. Type one of these in its place: {found[0]} ("
    assert asked.errors("legislation_id")[0].startswith(says)
    kept = [asked.value(name) for name in ("legislation_id", "provisions", "note")]
    assert kept == ["criminal finances", "ss. 1–3", "So."]
    done = asked.submit("Keep as a draft", legislation_id=found[0])
    assert "Kept as a draft" in done.notices[0]
    newest = sa.select(Legislation.key).join(Link).order_by(Link.id.desc()).limit(1)
    assert site.scalar(newest) == found[0]


def test_the_law_of_a_link_is_shown_in_words_and_kept_where_nothing_is_typed(sqlite_site: Site) -> None:
    link = sqlite_site.scalar(sa.select(Link.id).join(Legislation).where(Legislation.key == ACT).limit(1))
    first, second = (sqlite_site.browser(ED).get(f"/staff/links/{link}/edit") for _ in range(2))
    assert first.value("legislation_id") == "2018 c. 13"
    assert "Sanctions and Anti-Money Laundering Act 2018, 2018 c. 13" in first.all("p", "hint")
    with sqlite_site.unchanged():
        assert first.submit("Keep").notices == ["Kept."]
    sqlite_site.browser(ED).get(first.path).submit("Keep", note="Said otherwise.")
    stale = second.submit("Keep", legislation_id="2017 c. 22")
    assert stale.status == 409
    assert "Law 2018 c. 13 2017 c. 22" in stale.text, "both versions name it"


def test_the_ask_that_replaces_another_is_named_by_its_address(sqlite_site: Site) -> None:
    form = status_form(sqlite_site, sqlite_site.browser(ED))
    superseded = UNDONE | {"status": "superseded"}
    with sqlite_site.unchanged():
        asked = form.submit("Preview", **superseded, superseded_by_id="company")
        more = asked.submit("Add another page")
    assert offered(asked, "superseded_by_id") == offered(more, "superseded_by_id") != []
    assert WEALTH_ORDERS not in offered(asked, "superseded_by_id")
    preview = asked.submit("Preview", superseded_by_id="https://tracker.example/asks/stop-brexit?on=2020-01-01#law")
    again = preview.submit("Go on editing")
    title = sqlite_site.scalar(sa.select(Ask.title).where(Ask.slug == "stop-brexit"))
    assert again.value("superseded_by_id") == title
    again.submit("Keep as a draft")
    draft = again.browser.get(f"/staff/updates/{sqlite_site.scalar(sa.select(sa.func.max(Update.id)))}/edit")
    assert draft.value("superseded_by_id") == title
    with sqlite_site.unchanged():
        draft.submit("Keep as a draft")
    draft.submit("Publish")
    replaced = sa.select(Ask.superseded_by_id).where(Ask.slug == WEALTH_ORDERS)
    assert sqlite_site.scalar(replaced) == sqlite_site.ask_id("stop-brexit")


def grow(site: Site, name: str, number: int) -> None:
    """Many more asks, laws and sources, copied past the services."""
    with site.change() as change:
        for model, unique in ((Ask, "slug"), (Legislation, "key"), (Source, "key")):
            table: Any = model.__table__
            row = dict(change.session.execute(sa.select(table).limit(1)).mappings().one())
            row |= {"identity": None, "address": None} if model is Legislation else {}
            del row["id"]
            rows = [row | {unique: f"{name}-{place}", "title": f"Copy {name} {place}"} for place in range(number)]
            change.session.execute(sa.insert(table), rows)


FORMS = (
    "/staff/asks/new", "/staff/asks/1/edit", "/staff/asks/1/updates/status", "/staff/asks/1/updates/milestone",
    "/staff/asks/1/links/new", "/staff/links/1/edit", "/staff/legislation/new", "/staff/legislation/1/edit",
)  # fmt: skip


def test_no_form_grows_with_the_number_of_records(sqlite_site: Site) -> None:
    """Nor does the number of statements: tests/queries/test_query_counts.py."""
    ada = sqlite_site.browser(ADA)
    grow(sqlite_site, "a", SIZE)  # enough to fill every list of likely ones
    small = {path: len(ada.get(path).html) for path in FORMS}
    grow(sqlite_site, "b", 300)
    for path in FORMS:
        page = ada.get(path)
        assert page.status == 200, path
        assert len(page.html) < min(small[path] + 500, 120_000), path
