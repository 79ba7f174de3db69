"""What the charts draw: places and heights as tables, and the figures beside them."""

from datetime import date

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.page_checks import text_of
from tests.site import Site
from tracker.clock import today
from tracker.models import Ask
from tracker.queries import public
from tracker.queries.public.counts import YearCounts
from tracker.queries.public.records import AskLine, LawLine, PublicAsk, PublicLink, PublicSource, PublicTest, StoryEntry
from tracker.rules.asks import AskKind
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Effect
from tracker.rules.status import Family, Status
from tracker.rules.updates import Result, UpdateKind
from tracker.web.public.charts import CHART_LINES, Axis, years_chart
from tracker.web.public.timeline import Bar, Span, TimeLine, time_line

NEW_YEAR = date(2021, 1, 1)
WON, OPEN = Family.WON, Family.OPEN
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("day", "x"),
    [
        ("2018-01-01", 0),
        ("2018-07-02", 12.47),
        ("2020-01-01", 50),
        ("2020-07-02", 62.5),
        ("2021-12-31", 99.93),
        ("2022-01-01", 100),
        ("2099-01-01", 100),
        ("1861-08-06", 0),
    ],
)
def test_a_day_stands_at_its_part_of_its_year(day: str, x: float) -> None:
    assert Axis(2018, 2021).at(date.fromisoformat(day)) == x


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        (2026, 2026, "2026"),
        (2018, 2021, "2018 2019 2020 2021"),
        (2018, 2026, "2018 ’19 ’20 ’21 ’22 ’23 ’24 ’25 2026"),
        (2014, 2026, "2014 ’15 ’16 ’17 ’18 ’19 ’20 ’21 ’22 ’23 ’24 ’25 2026"),
        (1999, 2026, "1999 ’02 ’04 ’06 ’08 ’10 ’12 ’14 ’16 ’18 ’20 ’22 ’24 2026"),
        (1900, 2026, "1900 ’10 ’20 ’30 ’40 ’50 ’60 ’70 ’80 ’90 ’00 ’10 2026"),
    ],
)
def test_the_first_and_the_last_year_are_named_and_the_others_if_they_fit(first: int, last: int, labels: str) -> None:
    assert " ".join(mark.label for mark in Axis(first, last).marks if mark.label) == labels


def test_where_years_are_thin_the_first_and_the_last_are_written_from_the_edges() -> None:
    first, *between, last = Axis(2014, 2026).marks
    assert (first.label_x, first.anchor) == (0, "start")
    assert (last.label_x, last.anchor) == (100, "end")
    assert [mark.year for mark in between if mark.is_tight] == [2015, 2025]
    assert {mark.anchor for mark in [*between, *Axis(2018, 2026).marks]} == {"middle"}


def test_a_column_stacks_its_families_from_the_bottom_up() -> None:
    chart = years_chart([YearCounts(2018, {OPEN: 3}), YearCounts(2019, {WON: 1, OPEN: 3})], 2019)
    assert chart is not None
    first, second = chart.columns
    assert [(part.family, part.count, part.y, part.height) for part in first.segments] == [(OPEN, 3, 4, 12)]
    assert [(part.family, part.count, part.y, part.height) for part in second.segments] == [
        (WON, 1, 12, 4),
        (OPEN, 3, 0, 12),
    ]
    assert (first.is_so_far, second.is_so_far) == (False, True)
    assert chart.families == (WON, OPEN)


@pytest.mark.parametrize("years", [[], [YearCounts(2018, {})], [YearCounts(2018, {WON: 0})]])
def test_without_asks_there_is_no_chart(years: list[YearCounts]) -> None:
    assert years_chart(years, 2018) is None


def test_after_the_last_change_all_stays_as_it_was_until_this_year() -> None:
    chart = years_chart([YearCounts(2018, {WON: 1})], 2020)
    assert chart is not None
    assert [(column.mark.year, dict(column.counts)) for column in chart.columns] == [
        (2018, {WON: 1}),
        (2019, {WON: 1}),
        (2020, {WON: 1}),
    ]


def test_a_year_without_figures_is_an_empty_column_and_numbers_go_when_columns_are_thin() -> None:
    chart = years_chart([YearCounts(2000, {WON: 1}), YearCounts(2020, {WON: 2})], 2020)
    assert chart is not None
    assert [len(column.segments) for column in chart.columns] == [1, *[0] * 19, 1]
    assert not chart.has_numbers
    assert chart.columns[-1].segments[0].height == CHART_LINES


def rows_of(page: Page, caption: str) -> list[str]:
    """The rows of the table with this caption, as text."""
    tables = [table for table in page.tree.iter("table") if caption in text_of(table)]
    assert len(tables) == 1
    return [text_of(row) for row in tables[0].iter("tr")]


def family_on(ask: PublicAsk, day: date) -> Family | None:
    """Where an ask stood on a day by its story alone."""
    told = [
        entry for entry in ask.story if entry.status and not entry.corrected_by and entry.happened_on.first_day <= day
    ]
    return told[0].status.family if told and told[0].status else None


def test_the_figures_of_the_years_are_those_of_the_stories_and_of_the_table(shared_site: Site) -> None:
    with shared_site.reading() as session:
        asks = [public.find_ask(session, slug) for slug in session.scalars(sa.select(Ask.slug))]
        chart = years_chart(public.count_by_year(session), today().year)
    assert chart is not None
    page = shared_site.browser().get("/")
    rows = rows_of(page, "Asks in each family at the end of each year")
    assert rows[0] == " ".join(["Year", *(family.label for family in chart.families)])
    drawn_numbers = [text_of(text) for text in page.tree.iter(f"{SVG}text") if text.get("class") == "number"]
    counted = [str(part.count) for column in chart.columns for part in column.segments]
    assert drawn_numbers == (counted if chart.has_numbers else [])
    for column, row in zip(chart.columns, rows[1:], strict=True):
        last_day = date(column.mark.year, 12, 31)
        told = [family for ask in asks if ask and (family := family_on(ask, last_day))]
        assert {family: told.count(family) for family in Family} == dict(column.counts)
        year = f"{column.mark.year} so far" if column.is_so_far else str(column.mark.year)
        assert row == " ".join([year, *(str(told.count(family)) for family in chart.families)])


def when(text: str | None) -> PartialDate | None:
    return PartialDate(text) if text else None


def entry(happened_on: str, status: Status | None = None, *, corrected: bool = False, **results: Result) -> StoryEntry:
    return StoryEntry(
        key=happened_on,
        kind=UpdateKind.STATUS if status else UpdateKind.TEST,
        happened_on=PartialDate(happened_on),
        recorded_at=None,  # type: ignore[arg-type]
        text="",
        status=status,
        reason="",
        results=tuple(results.items()),
        evidence=(),
        corrects=None,
        corrected_by=("later",) if corrected else (),
    )


def link(in_force_on: str | None, *extent: str, lapsed_on: str | None = None) -> PublicLink:
    law = LawLine(
        key="ukpga/2017/22", title="An Act", citation="", kind_label="Act", address=None, note="",
        lapsed_on=when(lapsed_on),
    )  # fmt: skip
    return PublicLink(
        effect=Effect.ENABLES, provisions="", extent=extent, note="", in_force_on=when(in_force_on), law=law
    )


def success_test(label: str, before: Result = Result.UNKNOWN, result: Result = Result.UNKNOWN) -> PublicTest:
    return PublicTest(key=label, label=label, before=before, result=result)


def drawn(
    *story: StoryEntry,
    links: tuple[PublicLink, ...] = (),
    tests: tuple[PublicTest, ...] = (),
    asked: str | None = "2018-01-01",
    reviewed_on: str | None = None,
    day: date = NEW_YEAR,
) -> TimeLine:
    """The time line of an ask with this story, told oldest first."""
    line = AskLine(
        slug="ask", title="An ask", kind=AskKind.POLICY, topic="", summary="", status=None, status_on=None, reason="",
        reviewed_on=when(reviewed_on), first_deadline=None,
    )  # fmt: skip
    source = PublicSource("", "", "", "", when(asked), "", "", "")
    ask = PublicAsk(
        line=line, source=source, quote="", quote_place="", reading="", jurisdictions=(), responsible_bodies=(),
        is_archived=False, tests=tests, links=links, story=tuple(reversed(story)),
    )  # fmt: skip
    return time_line(ask, day)


def test_each_status_lasts_until_the_next_and_the_last_until_we_last_looked() -> None:
    line = drawn(entry("2018-01-01", Status.ANNOUNCED), entry("2019-01-01", Status.MET), entry("2020-01-01"))
    assert [spell.bar for spell in line.spells] == [
        Bar("open", Span(0, 25)),
        Bar("won", Span(25, 25), tail=Span(50, 25)),
    ]
    assert [(flag.words, flag.row) for flag in line.flags] == [("Announced", 0), ("Met", 1)]
    assert line.known_until == date(2020, 1, 1)


def test_a_status_known_by_its_year_begins_with_a_hatched_year() -> None:
    (spell,) = drawn(entry("2019", Status.MET), reviewed_on="2021-01-01").spells
    assert spell.bar == Bar("won", Span(25, 50), unsure=Span(25, 24.93))


def test_an_entry_that_was_corrected_draws_nothing() -> None:
    line = drawn(entry("2018-01-01", Status.ANNOUNCED), entry("2019-01-01", Status.MET, corrected=True))
    assert [spell.status for spell in line.spells] == [Status.ANNOUNCED]
    assert len(line.entries) == 1


@pytest.mark.parametrize(("day", "anchor"), [("2018-06-01", "start"), ("2019-12-31", "middle"), ("2021-01-01", "end")])
def test_words_on_a_flag_stay_on_the_page(day: str, anchor: str) -> None:
    (flag,) = drawn(entry(day, Status.MET)).flags
    assert flag.anchor == anchor


@pytest.mark.parametrize(
    ("asked", "dates", "years"),
    [
        ("2018-03-19", ["2020-01-01"], (2018, 2021)),
        ("2018-03-19", ["2016-01-01"], (2016, 2021)),
        ("2018-03-19", ["1861-08-06"], (2013, 2021)),
        ("2018-03-19", ["2023-01-01"], (2018, 2023)),
        ("2018-03-19", ["2199-01-01"], (2018, 2024)),
        (None, [], (2021, 2021)),
        (None, ["2019"], (2019, 2021)),
    ],
)
def test_the_axis_holds_what_matters(asked: str | None, dates: list[str], years: tuple[int, int]) -> None:
    axis = drawn(asked=asked, links=tuple(link(day) for day in dates)).axis
    assert (axis.first, axis.last) == years


def test_law_has_a_lane_a_place_with_what_was_added_later() -> None:
    links = (
        link("2020-01-01", "Scotland"),
        link("2019-01-01", "Wales", "Scotland"),
        link("2018-01-01"),
        link(None, "Jersey"),
    )
    places = drawn(links=links).places
    assert [(place.place, [day.text for day in place.dates]) for place in places] == [
        ("Scotland", ["2019-01-01", "2020-01-01"]),
        ("Wales", ["2019-01-01"]),
        ("", ["2018-01-01"]),
    ]
    assert [span.x for span in places[0].later] == [50]


def test_law_that_ended_ends_and_law_to_come_is_only_outlined() -> None:
    (ended,) = drawn(links=(link("2018-01-01", "Wales", lapsed_on="2019-01-01"),)).places
    assert ended.bar == Bar("law", Span(0, 25))
    (to_come,) = drawn(links=(link("2022-01-01", "Wales"),)).places
    assert to_come.bar.look == "planned"
    assert to_come.bar.tail is None


MET, NOT_MET, UNKNOWN = Result.MET, Result.NOT_MET, Result.UNKNOWN


@pytest.mark.parametrize(
    ("before", "told", "bars", "found"),
    [
        (UNKNOWN, [], [], []),
        (UNKNOWN, [("2019-01-01", MET)], [("won", 25, 50)], []),
        (UNKNOWN, [("2019-01-01", MET), ("2020-01-01", MET)], [("won", 25, 50)], []),
        (MET, [("2019-01-01", NOT_MET)], [("won", 0, 25), ("lost", 25, 50)], []),
        (UNKNOWN, [("2019-01-01", NOT_MET), ("2020-01-01", NOT_MET)], [], [25, 50]),
        (UNKNOWN, [("2019-01-01", MET), ("2020-01-01", UNKNOWN)], [("won", 25, 25)], []),
    ],
)
def test_a_test_is_drawn_while_it_was_met(
    before: Result, told: list[tuple[str, Result]], bars: list[tuple[str, float, float]], found: list[float]
) -> None:
    story = [entry(day, open=result) for day, result in told]
    (lane,) = drawn(*story, tests=(success_test("open", before),), reviewed_on="2021-01-01").tests
    assert [(bar.look, bar.span.x, bar.span.width) for bar in lane.bars] == bars
    assert [span.x for span in lane.found] == found


@pytest.mark.parametrize("slug", ["overseas-territories-registers", "unexplained-wealth-orders", "stop-brexit"])
def test_the_figures_of_the_time_line_stand_in_its_table(shared_site: Site, slug: str) -> None:
    page = shared_site.browser().get(f"/asks/{slug}")
    with shared_site.reading() as session:
        ask = public.find_ask(session, slug)
    assert ask is not None
    line = time_line(ask, today())
    rows = rows_of(page, "Status, law in force and success tests, with their dates")
    for spell in line.spells:
        assert any(row.startswith(f"Status {spell.status.label} {spell.start.in_words}") for row in rows)
    for place in line.places:
        assert f"{place.place or 'Place not recorded'} Law in force" in " ".join(rows)
        assert all(day.in_words in " ".join(rows) for day in place.dates)
    for test in ask.tests:
        assert any(row.startswith(f"{test.label} {test.result.label}") for row in rows)
    assert f"{sum(test.result is MET for test in ask.tests)} of {len(ask.tests)} met" in page.section("tests")


def test_on_the_territories_ask_one_sees_which_opened_a_register_and_when(shared_site: Site) -> None:
    lanes = shared_site.browser().get("/asks/overseas-territories-registers").section("tests")
    assert "Gibraltar has a public register of company owners Met since March 2020" in lanes
    assert "Montserrat has a public register of company owners Met since 11 October 2024" in lanes
    assert "St Helena has a public register of company owners Met since July 2025" in lanes
    assert "The Turks and Caicos Islands have a public register of company owners Not met as known in 2025" in lanes
