"""Addresses and fields with contents that nobody means: a clear page with the right code, and nothing changed."""

import unicodedata
from urllib.parse import quote

import sqlalchemy as sa

from tests.site import ADA, WEALTH_ORDERS, Site
from tests.test_access import typed
from tracker.models import Ask

ODD_TEXT = NUL, C1_CONTROL, NONCHARACTER = "a\x00b", "a\x9bb", "a\uffffb"
FINE_TEXT = (
    "\u202eevil\u202c e\u0301 <img src=x onerror=alert(1)> {{ 7*7 }}{% raw %} a\r\nSet-Cookie: x=1%s%n '); -- "
    + "x" * 200
)
IDS = ["0", "-1", "01", "1.0", "9" * 10, "9" * 400, "one", "%31%00", " 1", "１"]
MISSING = "999999999"
RECORDS = [f"/staff/{name}/{MISSING}" for name in ("asks", "legislation")]
FORMS = [
    f"/staff/{n}/{MISSING}/edit"
    for n in ["asks", "links", "sources", "bodies", "tests", "updates", "people", "legislation"]
]


def test_a_number_that_is_none_or_leads_nowhere_is_not_found(shared_site: Site) -> None:
    browser, form = typed(shared_site, ADA)
    nasty = "/staff/asks/?x=" + quote("\"><script>'")
    page = shared_site.browser().get(nasty)
    assert ("<script" in page.html, page.value("next")) == (False, nasty), "it is quoted where it is repeated"
    with shared_site.unchanged():
        answers = {number: browser.send("GET", f"/staff/asks/{number}").status_code for number in IDS}
        assert set(answers.values()) <= {301, 404}, answers
        for path in (*RECORDS, *FORMS, "/staff/asks/1/updates/none", "/staff/evidence/1/publish"):
            assert browser.send("GET", path).status_code == 404, path
        for path in (*FORMS, f"/staff/asks/{MISSING}/updates/status"):
            assert browser.send("POST", path, data=form).status_code == 404, path


def test_text_that_no_page_and_no_database_can_hold_is_refused_everywhere(shared_site: Site) -> None:
    browser = shared_site.browser(ADA)
    forms = [
        ("/staff/asks/1/edit", "Keep", ["title", "quote", "internal_note", "jurisdictions", "slug"]),
        ("/staff/sources/new", "Keep as a draft", ["key", "title", "note"]),
        ("/staff/legislation/new", "Keep as a draft", ["title", "citation", "number"]),
        ("/staff/people/new", "Invite", ["name", "email"]),
        ("/staff/asks/1/review", "Publish", ["text", "happened_on"]),
    ]
    with shared_site.unchanged():
        for path, button, names in forms:
            refused = browser.get(path).submit(button, **dict.fromkeys(names, NUL))
            assert refused.status == 422
            for name in names:
                assert any("cannot be stored" in error for error in refused.errors(name)), (path, name)
        for text in ODD_TEXT:
            assert browser.get("/asks.csv", query_string={"q": text}).status == 400
            (notice,) = browser.get("/", query_string={"q": text}).notices
            assert "cannot be stored" in notice


def test_text_that_looks_dangerous_is_stored_and_shown_as_text(sqlite_site: Site) -> None:
    form = sqlite_site.browser(ADA).get(f"/staff/asks/{sqlite_site.ask_id()}/edit")
    typed = {"next_step": FINE_TEXT, "deadline_note": FINE_TEXT[:200], "internal_note": FINE_TEXT}
    saved = form.submit("Keep", **typed, jurisdictions=FINE_TEXT[:50])
    assert saved.hops == [303, 200], saved.summary
    assert "Set-Cookie: x=1" not in str(saved.response.headers)
    kept = sqlite_site.scalar(sa.select(Ask.next_step).where(Ask.slug == WEALTH_ORDERS))
    assert kept.split() == unicodedata.normalize("NFC", FINE_TEXT).split()
    public = sqlite_site.browser().get(f"/asks/{WEALTH_ORDERS}")
    assert " ".join(kept.split()) in public.section("next")
    assert sqlite_site.browser().get("/", query_string={"q": FINE_TEXT[:200]}).status == 200


def test_hidden_fields_with_odd_contents_are_as_if_nothing_was_seen(shared_site: Site) -> None:
    page = shared_site.browser(ADA).get("/staff/asks/1/updates/milestone")
    sent = page.sent(
        "Publish", without={"seen"}, happened_on="2020", text="It happened.", evidence_0_url="https://example.org/",
        evidence_0_title="A page", evidence_0_type="independent",
    )  # fmt: skip
    with shared_site.unchanged():
        for seen in ("", "-1", "x", "9" * 400, "1.5", "\x00", "１", "0"):
            assert page.browser.post(page.path, [*sent, ("seen", seen)]).status == 409


def test_more_or_odd_blocks_than_the_form_has_are_refused_or_ignored(shared_site: Site) -> None:
    page = shared_site.browser(ADA).get("/staff/asks/1/updates/test")
    sent = page.sent("Keep as a draft", happened_on="2020", text="It happened.")
    extra = {
        "many": [(f"evidence-{number}-title", "x") for number in range(500)],
        "huge": [("evidence-99999999999999999999-title", "x")],
        "negative": [("evidence--1-title", "x")],
        "foreign test": [("results-0-test_id", "999999"), ("results-0-result", "met")],
        "odd test": [("results-77-test_id", "x\x00"), ("results-77-result", "perhaps")],
        "odd result": [(name, "perhaps") for name, _ in sent if name.endswith("-result")],
        "odd type": [("evidence-0-type", "rumour"), ("evidence-0-title", "A")],
    }
    for what, more in extra.items():
        kept = [pair for pair in sent if pair[0] not in {name for name, _ in more}]
        answer = page.browser.post(page.path, [*kept, *more])
        assert answer.status == 422 or (answer.hops == [303, 200] and what not in {"many", "odd type"}), what


def test_choices_that_were_not_offered_are_refused(shared_site: Site) -> None:
    cases = [
        ("/staff/asks/1/edit", "Keep", "source_id", ["999", "x", "", "9" * 400]),
        ("/staff/links/1/edit", "Keep", "effect", ["heals", ""]),
        ("/staff/links/1/edit", "Keep", "extent", ["Mars"]),
        ("/staff/people/2/edit", "Keep", "role", ["owner", "ADMIN"]),
        ("/staff/legislation/1/edit", "Keep", "becomes_id", ["999"]),
        ("/staff/asks/1/updates/status", "Keep as a draft", "superseded_by_id", ["999", "1"]),
        ("/staff/asks/1/updates/status", "Publish", "status", ["stalled", "met\x00"]),
    ]
    browser = shared_site.browser(ADA)
    with shared_site.unchanged():
        for path, button, name, values in cases:
            page = browser.get(path)
            for value in values:
                answer = browser.post(path, [*page.sent(button, without={name}), (name, value)])
                assert answer.status == 422, (path, name, value)


def test_what_no_page_can_hold_is_left_out_where_it_would_come_back(shared_site: Site) -> None:
    """In hidden fields, and in forms that are kept: the page stays valid, which the browser of the tests checks."""
    ada, door = shared_site.browser(ADA), shared_site.browser().get("/staff/sign-in")
    page = ada.get("/staff/asks/1/edit")
    hidden = page.sent("Keep", without={"version", "title"})
    credentials = door.sent("Sign in", without={"next"}, email="x@example.org", password="wrong words in here")
    for text in (NUL, NONCHARACTER):
        with shared_site.unchanged():
            assert ada.post(page.path, [*hidden, ("version", text), ("title", "")]).status == 422
            kept = ada.post(page.path, {"title": text, text: "x"})  # without a token
            assert "Your typed text is kept" in kept.h1
            assert kept.value("title") == "ab"
            again = door.browser.post(door.path, [*credentials, ("next", text), ("kept.title", text)])
            assert again.status == 422
