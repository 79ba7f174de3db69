"""Searching: each public text is found, nothing else is, and no text that anybody types breaks it, on both engines."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.factories import NOW, ask_draft, find_staff, make_ask, make_law, make_link, make_test, make_update
from tests.transactions import shared_engine_with, undone
from tracker.db.engine import reading
from tracker.models import Ask
from tracker.queries import public
from tracker.queries.public.filters import LONGEST_SEARCH, AskFilter, Order, UnknownFilter
from tracker.queries.public.fitting import MOST_WORDS, words_of
from tracker.queries.words import WORD
from tracker.rules.dates import PartialDate
from tracker.rules.errors import RuleBroken
from tracker.rules.status import Status
from tracker.rules.text import NOTE_LENGTH
from tracker.services import asks, drafts, records
from tracker.services import tests as success_tests
from tracker.services.change import Change

CHINESE = "英国议会今天通过了这项法律"
FOUND = {
    "title": "almond", "summary": "banana", "quote": "cashew", "reading": "damson", "label": "elder", "text": "fig",
    "reason": "gooseberry", "law": "hazel", "provisions": "juniper", "note": "kiwi", "citation": "2020/680",
    "entry": "lychee",
}  # fmt: skip
HIDDEN = (
    "internalnote", "archivedlabel", "draftentry", "asideentry", "draftnote", "archivedlink", "draftlink",
    "archivedlaw", "draftask", "archivedask",
)  # fmt: skip
ODD = {"skoda": "Škoda for Ångström", "greek": "Οδυσσέας", "cyrillic": "Санкции против России", "chinese": CHINESE,
       "quotes": "O'Neill’s \"Act\" & the 'rest'", "operators": "NOT a NEAR miss AND* (OR) ^x:y-z", "emoji": "🧾 🇬🇧",
       "endless": "x" * 600, "unspaced": CHINESE * 46, "arabic": "قانون " + "ﷺ" * 90}  # fmt: skip


def fill(change: Change) -> None:
    """An ask with a word of its own in each text, and odd texts in others."""
    own: dict[str, Any] = {name: FOUND[name] for name in ("title", "summary", "quote", "reading")}
    ask = make_ask(change, slug="all", internal_note="internalnote", **own)
    archived = make_test(change, ask, key="archived", label="archivedlabel")
    success_tests.archive_test(change, ask, archived, None, "Doubled.")
    make_test(change, ask, label=FOUND["label"])
    make_update(change, ask, status=Status.ANNOUNCED, reason=FOUND["reason"], happened_on=PartialDate("2018"))
    asks.publish_ask(change, ask, None)
    make_update(change, ask, text=FOUND["text"])
    make_update(change, ask, status=Status.REJECTED, text=FOUND["entry"], happened_on=PartialDate("2021"))
    make_update(change, ask, text="draftentry", draft_note="draftnote", published=False)
    drafts.discard(change, make_update(change, ask, text="asideentry", published=False), 1)
    law = make_law(change, kind="uksi", citation=f"S.I. {FOUND['citation']}", title=f"The {FOUND['law']} Order")
    make_link(change, ask, law, provisions=FOUND["provisions"], note=FOUND["note"])
    make_link(change, ask, law, provisions="draftlink", published=False)
    records.archive(change, make_link(change, ask, law, provisions="archivedlink"), None, "Wrong.")
    other = make_law(change, citation="2018 c. 2", title="archivedlaw")
    make_link(change, ask, other)
    records.archive(change, other, None, "Wrong.")
    make_ask(change, slug="draft", title="draftask")
    records.archive(change, make_ask(change, published=True, slug="gone", title="archivedask"), None, "Wrong.")
    for slug, text in ODD.items():
        make_ask(change, published=True, slug=slug, summary=text[:400], quote=text)
    treasury = "Office of Financial Sanctions Implementation (HM Treasury)"
    names: dict[str, Any] = {"short_names": ("UWO",), "responsible_bodies": (treasury,)}
    make_ask(change, published=True, slug="polish", summary="Łódź is bru\u00adtal.", **names)
    renamed = make_ask(change, published=True, slug="renamed", title="oldtitle", quote="Never.")
    draft = ask_draft(renamed.source_id, slug="renamed", title="Newer title")
    asks.edit_ask(change, renamed, draft, seen_version=None, reason="Clearer.")


filled = shared_engine_with(fill)


def found(engine: sa.Engine, text: str, order: Order = Order.BEST) -> list[str]:
    with reading(engine) as session:
        return slugs(session, text, order)


def slugs(session: Session, text: str, order: Order = Order.BEST) -> list[str]:
    return [line.slug for line in public.find_page(session, AskFilter.from_query({"q": text}), order, size=99).lines]


def test_every_public_text_is_searched_and_nothing_else(filled: sa.Engine) -> None:
    for text in FOUND.values():
        assert found(filled, text) == ["all"], text
    for text in HIDDEN:
        for order in Order:
            assert found(filled, text, order) == [], text
    words = " ".join([*list(FOUND.values())[:MOST_WORDS], "pineapple"])
    assert found(filled, words) == ["all"], "of very many words the first count"


SEARCHES = [
    # What is typed, and the asks that are found.
    ("ANGSTROM škoda", "skoda"), ("οδυσσεασ", "greek"), ("санкции", "cyrillic"), (CHINESE, "chinese"),
    (CHINESE * 5, "unspaced"), ("O’Neill", "quotes"), ('"Act" rest', "quotes"),
    ("miss -near", "operators"),  # no operators: every word must stand there
    ("x:y-z", "operators"), ("x" * 150, "endless"), ("x" * 59, "endless"), ("قانون", "arabic"), ("ﷺ" * 90, "arabic"),
    ("the banana of the hazel", "all"), ("banana pineapple", ""), ("680", "all"), ("2020/681", ""), ("banan*", "all"),
    ("banan", "all"),  # the beginning of a word, where no whole one fits
    ("ana", "all"),  # the middle of one, where no word begins so
    ("anan zel", "all"), ("anan pineapple", ""), ("an%n", ""),
    ("نون", ""),  # of other scripts the parts are not known
    ("ba", ""), ("lodz", "polish"), ("Łódź", "polish"), ("bruta\u200bl", "polish"), ("UWO", "polish"),
    ("ofsi", "polish"), ("hm", "polish"), ("almond OR pineapple", ""), ("🧾", ""), ("the of and", ""),
    ("title:almond", ""),
    ("oldtitle", "renamed"),  # its story tells that it was called so
]  # fmt: skip


def test_a_search_finds(filled: sa.Engine) -> None:
    for text, expected in SEARCHES:
        assert found(filled, text) == expected.split(), text


OPERATORS = [
    "\"", "'", " OR ", " AND ", " NOT ", "NEAR(", ")", "(", "*", "-", "^", ":", ";", "--", "&", "|", "!", "<->",
    "{title}", "\\", "%", "_", "almond", "banana", "\u0301", "\u200d", "İ", "ß", "ﷺ", "½", "⑴", "ﬁ", "x:A", "'x",
]  # fmt: skip
TEXTS = st.text(max_size=LONGEST_SEARCH + 10) | st.lists(st.sampled_from(OPERATORS), max_size=30).map("".join)


KEYS: st.SearchStrategy[Any] = st.text(st.characters(), max_size=30) | st.lists(
    st.sampled_from([*Status, "2018", "2018-01-01", "0000-99-99", "1", "999999999", "almond", "", "\x00", "\ud800"]),
    max_size=4,
).map("~".join)


@settings(max_examples=80)
@given(st.just("") | TEXTS, st.sampled_from(Order), st.just("") | KEYS, st.none() | st.dates(date(2017, 1, 1)))
def test_no_text_and_no_key_of_a_page_that_anybody_types_breaks_a_list(
    filled: sa.Engine, text: str, order: Order, key: str, on: date | None
) -> None:
    try:
        wanted = AskFilter.from_query({"q": text})
    except UnknownFilter:
        return
    order = order if wanted.text or order is not Order.BEST else Order.CHANGED
    with reading(filled) as session:
        try:
            page = public.find_page(session, wanted, order, after=key, on=on)
        except UnknownFilter:
            assert key
            return
    assert len(page.lines) <= page.number
    assert all(part for line in page.lines if line.excerpt for part, _ in line.excerpt.parts)


@settings(max_examples=15)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=NOTE_LENGTH) | TEXTS)
def test_any_text_that_can_be_stored_can_be_found_by_its_first_words(filled: sa.Engine, text: str) -> None:
    with undone(filled) as new_session:
        try:
            with new_session() as session, session.begin():
                change = Change(session, find_staff(session).ed, NOW)
                ask = session.scalars(sa.select(Ask).where(Ask.slug == "all")).one()
                make_update(change, ask, text=text)
        except RuleBroken:
            return
        with new_session() as session:
            first = " ".join(WORD.findall(text)[:3])[:LONGEST_SEARCH]
            assert not words_of(first) or "all" in slugs(session, first)


# --- the excerpts ---


def test_where_the_line_itself_does_not_show_the_word_an_excerpt_does(filled: sa.Engine) -> None:
    hits = {"FIGS": "fig", "hazel": "hazel", "kiwi": "kiwi", "almond gooseberry": "gooseberry"}
    with reading(filled) as session:
        for text, hit in hits.items():
            (line,) = public.find_page(session, AskFilter(text=text), Order.BEST).lines
            assert line.excerpt is not None
            assert [part for part, is_hit in line.excerpt.parts if is_hit] == [hit]
        (line,) = public.find_page(session, AskFilter(text="almond"), Order.BEST).lines
    assert line.excerpt is None, "it shows all the words"
