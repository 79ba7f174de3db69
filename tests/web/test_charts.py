"""What the charts draw: places and heights as tables, their titles, and the figures beside them."""

from dataclasses import MISSING, fields
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.browser import Page
from tests.page_checks import text_of
from tests.site import Site
from tracker.clock import today
from tracker.models import Ask
from tracker.queries import public
from tracker.queries.public.counts import YearCounts
from tracker.queries.public.entries import StoryEntry
from tracker.queries.public.records import AskLine, PublicAsk, PublicLink, PublicSource, PublicTest
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Effect
from tracker.rules.status import Family, Status
from tracker.rules.updates import Result
from tracker.web.public.charts import (
    HEIGHT,
    LOWEST,
    NO_STATUS,
    THINNEST_SHARE,
    TOP,
    Axis,
    YearsChart,
    headline,
    shares,
    strip,
    years_chart,
)
from tracker.web.public.timeline import Bar, TimeLine, time_line

NEW_YEAR, TODAY = date(2021, 1, 1), date(2019, 12, 31)
MET_ASKS, PARTLY, OPEN, ENDED = Family.MET, Family.PARTLY_MET, Family.OPEN, Family.ENDED


def test_a_day_stands_at_its_part_of_its_year_and_a_longer_time_at_its_middle() -> None:
    axis = Axis(2018, 2021)
    days = {"2018-01-01": 0, "2018-07-02": 12.47, "2020-01-01": 50, "2021-12-31": 99.93, "2022-01-01": 100}
    outside = {"2099-01-01": 100, "1861-08-06": 0}
    assert {day: axis.at(date.fromisoformat(day)) for day in days | outside} == days | outside
    points = {"2019": 37.47, "2019-01": 26.02, "2019-01-01": 25.0}
    assert {text: axis.point(PartialDate(text)) for text in points} == points

    for first, last, labels in (
        (2026, 2026, "2026"),
        (2018, 2021, "2018 ’19 ’20 2021"),
        (2018, 2026, "2018 ’19 ’20 ’21 ’22 ’23 ’24 ’25 2026"),
        (2014, 2026, "2014 ’16 ’18 ’20 ’22 ’24 2026"),
        (1999, 2026, "’01 ’06 ’11 ’16 ’21 2026"),
    ):
        axis = Axis(first, last)
        assert " ".join(filter(None, map(axis.label, axis.years))) == labels, "others than the last if they fit"


def test_the_headline_says_what_was_asked_and_what_was_done() -> None:
    for families, years, said in (
        ({MET_ASKS: 3, OPEN: 8}, {2018}, "Eleven things were asked in 2018. Three were done."),
        ({OPEN: 12}, {2018}, "Twelve things were asked in 2018. None is done yet."),
        ({MET_ASKS: 13}, {2018, 2024}, "13 things were asked. All were done."),
        ({MET_ASKS: 58, OPEN: 9942}, set[int](), "10,000 things were asked. 58 were done."),
        ({MET_ASKS: 1}, {2018}, "One thing was asked in 2018. It was done."),
        ({OPEN: 1}, {2018}, "One thing was asked in 2018. It is not done yet."),
    ):
        assert headline(families, years) == said


def test_the_bar_shows_each_family_and_the_lines_between_asks_while_they_can_be_told_apart() -> None:
    met, open_ = shares({MET_ASKS: 1, PARTLY: 0, OPEN: 3})
    assert [(met.band, met.x, met.width, met.units)] == [("met", 0, 25, ())]
    assert (open_.band, open_.x, open_.width, open_.units) == ("open", 25, 75, (50, 75))
    thin, wide = shares({MET_ASKS: 1, OPEN: 9_999})
    assert thin.width > THINNEST_SHARE * 0.98
    assert (wide.units, round(thin.width + wide.width)) == ((), 100)


def chart_of(*years: YearCounts, changed: str = "", number: int = 1, on: date = TODAY, met: int = 1) -> YearsChart:
    chart = years_chart(years, (PartialDate(changed) if changed else None, number, met), on)
    assert chart
    return chart


def test_a_column_stacks_its_families_from_the_bottom_up() -> None:
    chart = chart_of(YearCounts(2018, {OPEN: 3}), YearCounts(2019, {MET_ASKS: 1, OPEN: 2}, no_status=1))
    first, second = chart.columns
    assert [(box.band, box.figure) for box in first.boxes] == [("open", "3")]
    assert [(box.band, box.figure) for box in second.boxes] == [("met", "1"), ("open", "2"), (NO_STATUS, "1")]
    assert [box.height for box in second.boxes] == [HEIGHT / 4, HEIGHT / 2, HEIGHT / 4]
    assert (second.boxes[0].y + second.boxes[0].height, second.top) == (TOP + HEIGHT, TOP)
    assert chart.rows == ((2018, (0, 0, 3, 0, 0, 0), 3), (2019, (1, 0, 2, 0, 0, 1), 4))
    assert (chart.grid, first.sum) == ((), "")
    later = chart_of(YearCounts(2015, {OPEN: 3}))
    assert [row[1:] for row in later.rows] == [((0, 0, 3, 0, 0, 0), 3)] * 5, "it stays as it was"


def test_ten_thousand_asks_keep_the_chart_readable() -> None:
    """A figure stands only where it fits at 320 px; a box is never too thin to be seen; sums stand above."""
    numbers = {MET_ASKS: 5_000, ENDED: 1, OPEN: 4_999}
    chart = chart_of(*(YearCounts(year, numbers) for year in range(2000, 2020)))
    boxes = {box.band: box for box in chart.columns[-1].boxes}
    assert {band: box.figure for band, box in boxes.items()} == {"met": "", "open": "", "ended": ""}
    assert boxes["ended"].height == LOWEST
    assert chart.columns[-1].sum == "10,000"
    assert len(chart.grid) == 4
    wide = chart_of(YearCounts(2019, numbers)).columns[0]
    assert [box.figure for box in wide.boxes] == ["5,000", "4,999", ""]


def test_the_title_states_the_finding() -> None:
    one_met = YearCounts(2018, {MET_ASKS: 1})
    for years, changed, number, title in (
        ([YearCounts(2019, {MET_ASKS: 0})], "", 0, "No status has changed yet"),
        ([YearCounts(2016, {MET_ASKS: 1})], "2017-11-07", 4, "No status has changed since November 2017"),
        ([one_met, YearCounts(2019, {MET_ASKS: 3})], "2019-05-01", 9, "Two more have been met since the end of 2018"),
        ([one_met], "2019-05-01", 1, "One status changed in 2019"),
        ([one_met], "2019-05", 2, "Two statuses changed in 2019"),
    ):
        assert chart_of(*years, changed=changed, number=number).title == title
    # The strip of a list begins where the history does.
    line = only(AskLine, history=((date(2017, 1, 1), Status.IN_FORCE), (date(2019, 1, 1), Status.MET)))
    assert strip(line, 2018, date(2019, 7, 2)) == (("open", 0.0, 50.0), ("met", 50.0, 24.93))


# --- the time line ---


def when(text: str | None) -> PartialDate | None:
    return PartialDate(text) if text else None


def only(record: Any, **given: Any) -> Any:
    """A public record of which nothing else is known."""
    return record(**dict.fromkeys(field.name for field in fields(record) if field.default is MISSING) | given)


def entry(day: str, status: Status | None = None, *, corrected_by: tuple[str, ...] = (), **told: Result) -> StoryEntry:
    results = tuple(told.items())
    made: StoryEntry = only(
        StoryEntry, happened_on=PartialDate(day), status=status, corrected_by=corrected_by, results=results
    )
    return made


def link(
    in_force_on: str | None, *extent: str, effect: Effect = Effect.ENABLES, ended_on: str | None = None
) -> PublicLink:
    days = {"in_force_on": when(in_force_on), "ended_on": when(ended_on)}
    made: PublicLink = only(PublicLink, effect=effect, extent=extent, **days)
    return made


def success_test(before: Result, result: Result, on: str | None = None, reviewed: str | None = None) -> PublicTest:
    return PublicTest(key="t", label="t", before=before, result=result, result_on=when(on), reviewed_on=when(reviewed))


def drawn(*story: StoryEntry, reviewed_on: str | None = None, **more: Any) -> TimeLine:
    """An ask of 1 January 2018 with this story, the oldest entry first, on an axis of 2018 to 2021."""
    current = next((one for one in reversed(story) if one.status and not one.corrected_by), None)
    status, status_on = (current.status, current.happened_on) if current else (None, None)
    line = only(AskLine, status=status, status_on=status_on, reviewed_on=when(reviewed_on))
    source = only(PublicSource, published_on=PartialDate("2018-01-01"))
    told = {"story": tuple(reversed(story)), "tests": (), "links": ()}
    return time_line(only(PublicAsk, line=line, source=source, **told | more), NEW_YEAR)


def test_statuses_follow_one_another_also_from_before_the_ask_and_neighbours_that_are_the_same_are_one() -> None:
    time = drawn(
        entry("2018-01-01", Status.ANNOUNCED),
        entry("2019-01-01", Status.MET, corrected_by=("later",)),
        entry("2019-01-01", Status.PARTLY_MET),
        entry("2020-01-01", Status.PARTLY_MET),
    )
    assert [(status, entry.happened_on.text) for status, entry, _ in time.spells] == [
        (Status.ANNOUNCED, "2018-01-01"),
        (Status.PARTLY_MET, "2019-01-01"),
    ]
    assert time.status.bars == (Bar("open", 0, 25), Bar("partly_met", 25, 50))
    assert time.status.words == "Announced from 1 January 2018; then Partly met from 1 January 2019"
    assert time.title == "Partly met since 1 January 2019"
    before = drawn(entry("2016", Status.IN_FORCE))
    assert before.title == "In force, ask not yet met since 2016, before it was asked"
    bare = drawn()
    assert (bare.title, bare.spells, bare.status.bars, bare.asked, bare.looked) == ("No status yet", (), (), 0, None)
    looked = drawn(entry("2018-01-01", Status.ANNOUNCED), reviewed_on="2020-01-01")
    assert (looked.asked, looked.looked, looked.due) == (0, 50, None)
    assert time.dots == (0, 25, 50)


MET, NOT_MET, UNKNOWN = Result.MET, Result.NOT_MET, Result.UNKNOWN


LANES: list[tuple[PublicTest, list[tuple[str, Result]], list[tuple[str, float, float]], object]] = [
    # Not met, then met for good.
    (success_test(NOT_MET, MET, "2019-01-01"), [("2019-01-01", MET)], [("until", 0, 25), ("met", 25, 50)], None),
    # Never answered.
    (success_test(UNKNOWN, UNKNOWN), [], [("after", 0, 75)], ("?", "unknown", 75)),
    # Not met as known on a day: a line until then, dots after.
    (
        success_test(NOT_MET, NOT_MET, "2020-01-01"), [("2020-01-01", NOT_MET)],
        [("until", 0, 50), ("until", 50, 0.3), ("after", 50, 25)], ("×", "not_met", 50),
    ),
    # Met, and undone.
    (
        success_test(MET, NOT_MET, "2019-01-01", "2020-01-01"), [("2019-01-01", NOT_MET)],
        [("met", 0, 25), ("until", 25, 25), ("after", 50, 25)], ("×", "not_met", 50),
    ),
    # Met, and no longer known.
    (
        success_test(UNKNOWN, UNKNOWN, "2020-01-01"), [("2019-01-01", MET), ("2020-01-01", UNKNOWN)],
        [("after", 0, 25), ("met", 25, 25), ("after", 50, 25)], ("?", "unknown", 50),
    ),
]  # fmt: skip


def test_a_test_is_drawn_no_further_than_is_known() -> None:
    for test, told, bars, mark in LANES:
        (lane,) = drawn(*(entry(day, t=result) for day, result in told), tests=(test,)).tests
        assert list(lane.bars) == [Bar(*bar) for bar in bars]
        assert lane.mark == mark


def test_law_in_force_has_a_lane_for_each_place_and_ends_where_it_ended() -> None:
    links = (
        link("2020-01-01", "Scotland", "Wales"),
        link("2019-01-01", "Wales", ended_on="2020-01-01"),
        link(None, "Wales"),
        link("2019-01-01", "England", effect=Effect.BACKGROUND),
        link("2018-01-01", "Gibraltar", ended_on="2019-01-01"),
        link("2022-01-01", "Jersey"),
        *(link(f"{year}-01-01", "Guernsey", ended_on=f"{year}-07-02") for year in (2020, 2018)),
    )
    lanes = {lane.name: lane for lane in drawn(links=links).law}
    assert {name: lane.bars for name, lane in lanes.items()} == {
        "Gibraltar": (Bar("law", 0, 25),),
        "Wales": (Bar("law", 25, 50),),
        "Scotland": (Bar("law", 50, 25),),
        "Guernsey": (Bar("law", 0, 12.47), Bar("law", 50, 12.5)),
    }
    once, again = "from 1 January 2018 until 2 July 2018", "from 1 January 2020 until 2 July 2020"
    assert lanes["Guernsey"].words == f"In force {once}; then {again}"
    assert lanes["Gibraltar"].words == "In force from 1 January 2018 until 1 January 2019"


def rows_of(page: Page, caption: str) -> list[str]:
    """The rows of the table with this caption, as text."""
    (table,) = [table for table in page.tree.iter("table") if caption in text_of(table)]
    return [text_of(row) for row in table.iter("tr")]


def test_the_tables_say_what_is_drawn_and_of_many_tests_the_first_twelve_are_drawn(shared_site: Site) -> None:
    assert len(drawn(tests=(success_test(UNKNOWN, UNKNOWN),) * 40).tests) == 12
    browser = shared_site.browser()
    with shared_site.reading() as session:
        chart = chart_of(*public.count_by_year(session, public.count_cells(session)), on=today())
        slugs = ("unexplained-wealth-orders", "overseas-territories-registers")
        asks = {slug: public.find_ask(session, slug) for slug in slugs}
    header, *rows = rows_of(browser.get("/"), "The asks by status at the end of each year")
    assert header == "Year Met Partly met Open Ended without it Not counted No status yet All"
    assert rows == [" ".join(map(str, (year, *numbers, total))) for year, numbers, total in chart.rows]
    for slug, ask in asks.items():
        assert ask
        rows = rows_of(browser.get(f"/asks/{slug}"), "Status, success tests and law in force")
        time = time_line(ask, today())
        for row in [*(status.label for status, *_ in time.spells), *(test.label for test in ask.tests)]:
            assert any(row in text for text in rows), row
        assert len(rows) == 2 + len(time.spells) + len(ask.tests) + len(time.law)


@pytest.mark.parametrize(("deadline", "anchor"), [("{year}-12-31", "end"), ("2022", "middle")])
def test_the_word_for_a_deadline_stays_on_the_screen(sqlite_site: Site, deadline: str, anchor: str) -> None:
    on = PartialDate(deadline.format(year=today().year))
    sqlite_site.execute(sa.update(Ask).values(first_deadline=on))
    (word,) = sqlite_site.browser().get("/asks/unexplained-wealth-orders").tree.findall(".//*[@class='due'][@y='28']")
    assert word.get("text-anchor") == anchor
