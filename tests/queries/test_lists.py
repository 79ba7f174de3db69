"""Lists and counts of the public pages against the plain answer: every ask read, filtered and sorted by Python."""

import random
from collections import Counter
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from tests import oracle
from tests.factories import NOW, ask_draft, find_staff, make_ask
from tests.queries.many_asks import DAYS, fill, filters, tell
from tests.transactions import shared_engine_with, undone
from tracker.db.engine import reading
from tracker.models import Ask
from tracker.queries import public
from tracker.queries.public.filters import AskFilter, Order, UnknownFilter
from tracker.queries.public.listing import OF_MANY, PAGE_SIZE
from tracker.rules.status import Family
from tracker.services import asks, records
from tracker.services.change import Change

filled = shared_engine_with(fill)
LISTED = (Order.CHANGED, Order.STATUS, Order.TITLE)


def walk(session: Session, wanted: AskFilter, order: Order, size: int, on: date | None = None) -> list[str]:
    """The slugs of all pages, one page after the other."""
    slugs: list[str] = []
    after = ""
    while True:
        page = public.find_page(session, wanted, order, after=after, size=size, on=on)
        assert len(page.lines) == size or not page.next_key
        slugs += [line.slug for line in page.lines]
        assert len(slugs) <= page.number
        if not page.next_key:
            assert page.number == len(slugs)
            return slugs
        after = page.next_key


@pytest.mark.parametrize("order", Order)
def test_walking_the_pages_visits_every_ask_that_fits_once_and_in_order(filled: sa.Engine, order: Order) -> None:
    chance, is_best = random.Random(order), order is Order.BEST
    with reading(filled) as session:
        there_are = oracle.published(session)
        for wanted in filters(chance, 25 if is_best else 15):
            if wanted.text or not is_best:
                expected = oracle.in_order(oracle.fitting(there_are, wanted), order, wanted.text if is_best else "")
                assert walk(session, wanted, order, chance.choice([1, 3, 7, 40, 40])) == expected, wanted


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_past_day_lists_and_counts_what_stood_then(filled: sa.Engine, day: date) -> None:
    chance = random.Random(str(day))
    with reading(filled) as session:
        there_are = oracle.published(session)
        for wanted in chance.sample(filters(chance, 30), 5):
            fitting = oracle.fitting(there_are, wanted, day)
            order, size = chance.choice(list(Order)), chance.choice([2, 7, 40])
            assert walk(session, wanted, order, size, day) == oracle.in_order_of_the_past(fitting, day), wanted
        then = {ask.slug: (entry, ask) for ask in there_are if (entry := ask.on(day))}
        assert public.count_by_status(session, day) == Counter(entry.status for entry, _ in then.values())
        for line in public.find_page(session, AskFilter(), size=100, on=day).lines:
            entry, ask = then[line.slug]
            assert (line.status, line.reason) == (entry.status, entry.reason)
            assert line.status_on
            assert line.status_on.first_day == max(first for first, _ in oracle.changes(ask) if first <= day)


def test_each_year_ends_as_its_last_day_does_and_the_last_change_had_another_status_before_it(
    filled: sa.Engine,
) -> None:
    with reading(filled) as session:
        years = public.count_by_year(session, public.count_cells(session))
        there_are = oracle.published(session)
        last, number, met = public.find_last_change(session, date(2023, 2, 1))
        first_years = public.find_years(session).values()
    assert [year.year for year in years] == list(range(2018, max(year.year for year in years) + 1))
    for year in years:
        then = [ask.on(date(year.year, 12, 31)) for ask in there_are]
        families = Counter(entry.status.family for entry in then if entry and entry.status)
        assert year.families == {family: families[family] for family in Family}
        assert year.year != 2022 or met == families[Family.MET] > 0
    now = Counter(ask.status.family for ask in there_are)
    assert years[-1].families == {family: now[family] for family in Family}

    assert min(first_years) == min(oracle.changes(ask)[0][0].year for ask in there_are)
    changed = [day for ask in there_are for day, _ in oracle.changes(ask)[1:]]
    assert last
    assert last.first_day == max(changed)
    assert number == sum(day.year == max(changed).year for day in changed)


@pytest.mark.parametrize("day", [None, *DAYS[3::4]], ids=str)
def test_groups_show_all_asks_while_they_are_few_and_then_the_last_changed_of_each(
    filled: sa.Engine, day: date | None
) -> None:
    with reading(filled) as session:
        there_are = oracle.published(session)
        groups = public.find_groups(session, public.count_by_family(public.count_by_status(session, day)), day)
        fitting = {family: oracle.fitting(there_are, AskFilter(family=family), day) for family in Family}
    total = sum(map(len, fitting.values()))
    assert list(groups) == [family for family in Family if fitting[family]]
    for family, page in groups.items():
        asks = fitting[family]
        expected = oracle.in_order_of_the_past(asks, day) if day else oracle.in_order(asks, Order.CHANGED)
        shown = expected if total <= PAGE_SIZE else expected[:OF_MANY]
        assert [line.slug for line in page.lines] == shown
        assert page.number == len(asks)


def test_lines_have_the_results_of_tests_and_the_days_on_which_statuses_began(filled: sa.Engine) -> None:
    with reading(filled) as session:
        there_are = {ask.slug: ask for ask in oracle.published(session)}
        tests = {ask.slug: ask.tests for ask in session.scalars(sa.select(Ask).options(selectinload(Ask.tests)))}
        lines = public.find_page(session, AskFilter(), size=100, with_tests=True).lines
    assert len(lines) == len(there_are)
    for line in lines:
        assert list(line.results) == [test.result for test in tests[line.slug]]
        assert [day for day, _ in line.history] == sorted({day for day, _ in line.history})
        for day in DAYS:
            entry = there_are[line.slug].on(day)
            stood = [status for begins_on, status in line.history if begins_on <= day][-1:]
            assert stood == ([entry.status] if entry else [])


@pytest.mark.parametrize("day", [None, *DAYS[3::4]], ids=str)
def test_each_choice_says_how_many_asks_following_it_lists(filled: sa.Engine, day: date | None) -> None:
    """Few or most asks may fit: bodies are counted in another way then."""
    chance = random.Random("choices")
    names = {"families": "family", "statuses": "status", "topics": "topic", "kinds": "kind", "bodies": "body"}
    with reading(filled) as session:
        there_are = oracle.published(session)
        for wanted in filters(chance, 40):
            choices = public.find_choices(session, wanted, on=day)
            assert choices.number == len(oracle.fitting(there_are, wanted, day)), wanted
            for name, parameter in names.items():
                for choice in getattr(choices, name):
                    followed = AskFilter.from_query(wanted.as_query() | {parameter: choice.value})
                    assert choice.number == len(oracle.fitting(there_are, followed, day)), (wanted, name, choice)


# --- between two pages ---


def change_something(change: Change, chance: random.Random) -> None:
    """Enter an ask, move one in the order, rename one, or take one away."""
    published = sa.select(Ask).where(Ask.publication == "published").order_by(Ask.id)
    ask = change.session.scalars(published).all()[chance.randrange(20)]
    match chance.randrange(4):
        case 0:
            make_ask(change, published=True, slug=f"new-{chance.randrange(10**9)}", topic="Housing")
        case 1:
            tell(change, ask, None, chance)
        case 2:
            title = chance.choice(["Aaa apple", "Zzz apple", "quince"])
            draft = ask_draft(ask.source_id, slug=ask.slug, title=title, topic=ask.topic)
            asks.edit_ask(change, ask, draft, seen_version=None, reason="Clearer.")
        case _:
            records.archive(change, ask, None, "Not ours.")


@pytest.mark.parametrize(
    ("order", "text", "on"),
    [*((order, "", None) for order in LISTED), (Order.BEST, "apple", None), (Order.CHANGED, "", DAYS[-1])],
)
def test_while_asks_change_between_the_pages_none_stands_twice_that_did_not_move(
    filled: sa.Engine, order: Order, text: str, on: date | None
) -> None:
    """What changes may be missed or met again, as in any list; the rest is shown once and nothing breaks."""
    chance, after, seen = random.Random(f"{order} {text}"), "", Counter[str]()
    wanted = AskFilter(text=text)
    with undone(filled) as new_session:
        with new_session() as session:
            before = {ask.slug: ask for ask in oracle.fitting(oracle.published(session), wanted, on)}
        while True:
            with new_session() as session:
                page = public.find_page(session, wanted, order, after=after, size=4, on=on)
            seen.update(line.slug for line in page.lines)
            if not (after := page.next_key):
                break
            with new_session() as session, session.begin():
                change_something(Change(session, find_staff(session).ada, NOW), chance)
        with new_session() as session:
            now = {ask.slug: ask for ask in oracle.fitting(oracle.published(session), wanted, on)}
        unmoved = {slug for slug, ask in before.items() if now.get(slug) == ask}
        assert {seen[slug] for slug in unmoved} == {1}


# --- keys that no page gave ---

BROKEN = (
    "x", "~", "~~~", "2018", "2018~", "~1~", "1~0", "-1", "0", " 1", "1 ", "\x00", "a\x00~1", "\ud800~1", "\uffff~1",
    "9" * 10, "a~" + "9" * 10, "2018~01", "x" * 300, "x" * 300 + "~1", "met~2018~x", "１", "2018~１",
)  # fmt: skip
BROKEN_IN = {
    Order.CHANGED: ("1", "2018-1~1", "2018-01-01T00~1", "met~2018~1", "２０１８~1"),
    Order.TITLE: ("1",),
    Order.STATUS: ("1", "2018~1", "nothing~2018~1", "met~20~1", "~2018~1"),
    Order.BEST: ("1", "2018~1", "met~2018~1", "3~2018~1", "-1~2018~1", "０~2018~1"),
}


@pytest.mark.parametrize("order", Order)
def test_a_key_that_no_page_gave_is_refused_in_words(filled: sa.Engine, order: Order) -> None:
    wanted, refused = AskFilter(text="apple" if order is Order.BEST else ""), set()
    keys = (*BROKEN, *BROKEN_IN[order])
    for key in keys:
        with reading(filled) as session, pytest.raises(UnknownFilter, match="first page") as caught:
            public.find_page(session, wanted, order, after=key)
        refused.add(caught.value)
    assert len(refused) == len(keys), "what is raised again keeps the frames of each time"
