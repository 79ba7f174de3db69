"""The seeds that the tracker comes with, loaded through the rules into real databases."""

import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from tests.engines import ENGINES, open_engine
from tests.factories import make_person, make_update
from tests.seeds.reading import ASKS, LAWS, updates
from tests.seeds.test_decided import HISTORIES
from tests.site import SeededDatabases
from tests.transactions import count_events, revision
from tracker.clock import now, today
from tracker.db.engine import writing
from tracker.models import Ask, Legislation, Link, SuccessTest, Update
from tracker.paths import resource_dir
from tracker.queries.stories import find_story, list_tests, standing_of
from tracker.rules.asks import AskDraft, Publication, TestDraft
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import LinkDraft
from tracker.rules.permissions import COMMAND_LINE, SEEDS, Actor, Role
from tracker.rules.standing import check_fit
from tracker.rules.status import Status
from tracker.rules.story import state_of
from tracker.rules.updates import UpdateKind
from tracker.services import asks, legislation, proof, seeds, tests
from tracker.services.change import Change
from tracker.services.seed_files import SeedError
from tracker.services.seed_report import Report

SLUGS = list(HISTORIES)
WEALTH_ORDERS, MAGNITSKY = "unexplained-wealth-orders", "uk-magnitsky-sanctions"
# Loading takes a second, and what these do depends on no engine.
ON_SQLITE = pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
DRAFT, PUBLISHED = Publication.DRAFT, Publication.PUBLISHED


@pytest.fixture(scope="module", params=ENGINES)
def shared_engine(seeded_databases: SeededDatabases, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """The engine of a database that holds the seeds; `session` undoes what a test does to it."""
    with seeded_databases.temporary(request.param) as url, open_engine(url) as engine:
        yield engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the seeds to change."""
    return Path(shutil.copytree(resource_dir("seeds"), tmp_path / "seeds"))


def load(session: Session, folder: Path) -> Report:
    return seeds.load(Change(session, SEEDS, now()), seeds.read_folder(folder))


def editor(session: Session) -> Change:
    person = make_person(Change(session, COMMAND_LINE, now()), name="Someone who edits")
    return Change(session, Actor(person.name, Role.EDITOR, person.id), now())


def find_ask(session: Session, slug: str) -> Ask:
    return session.scalars(sa.select(Ask).where(Ask.slug == slug)).one()


def change_file(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def count(session: Session, model: Any, *conditions: Any) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions)) or 0


# --- what is there ---


def test_everything_is_there(session: Session) -> None:
    assert set(session.scalars(sa.select(Ask.slug).where(Ask.publication == PUBLISHED))) == set(SLUGS)
    assert count(session, Legislation) == len(LAWS)
    assert count(session, SuccessTest) == sum(len(ask.get("tests", [])) for ask in ASKS.values())
    assert count(session, Link) == sum(len(ask.get("links", [])) for ask in ASKS.values())
    assert count(session, Update) == len(list(updates()))


def test_what_is_not_verified_is_a_draft_with_the_reason_why(session: Session) -> None:
    drafts = session.scalars(sa.select(Update).where(Update.publication == DRAFT)).all()
    assert drafts
    assert all(draft.draft_note for draft in drafts)
    assert all(
        law.internal_note for law in session.scalars(sa.select(Legislation).where(Legislation.publication == DRAFT))
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_the_story_says_on_each_day_what_was_decided(session: Session, slug: str) -> None:
    ask = find_ask(session, slug)
    entries = find_story(session, ask.id).entries
    history = [tuple(change.split()) for change in HISTORIES[slug]]
    replayed = [state_of(entries, PartialDate(day)) for day, _ in history]
    assert [(str(state.status_entry and state.status_entry.happened_on), state.status) for state in replayed] == history
    assert (str(ask.status_on), ask.status) == history[-1]
    assert str(ask.reviewed_on) == "2026-11-29"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_present_status_fits_the_tests_and_the_law(session: Session, slug: str) -> None:
    ask = find_ask(session, slug)
    state = state_of(find_story(session, ask.id).entries)
    assert ask.status is not None
    assert ask.status_on is not None
    if ask.status not in {Status.IN_PARLIAMENT, Status.LAW_NOT_IN_FORCE}:  # these hold on their own day
        assert (
            check_fit(ask.status, standing_of(find_story(session, ask.id), state, PartialDate(today().isoformat())))
            == []
        )
    kept = {test.id: (test.result, test.result_on) for test in list_tests(session, ask.id) if test.result_on}
    assert kept == state.results


def test_unexplained_wealth_orders_began_on_two_days(session: Session) -> None:
    statement = (
        sa.select(Link)
        .join(Link.ask)
        .join(Link.legislation)
        .where(Ask.slug == WEALTH_ORDERS, Legislation.key == "ukpga/2017/22")
        .options(joinedload(Link.legislation))
    )
    began = {(extent, str(link.in_force_on)) for link in session.scalars(statement) for extent in link.extent}
    assert began == {
        ("England and Wales", "2018-01-31"),
        ("Scotland", "2018-01-31"),
        ("Northern Ireland", "2021-06-28"),
    }


def test_the_bill_of_each_act_leads_to_it(session: Session) -> None:
    bills = session.scalars(sa.select(Legislation).where(Legislation.becomes_id.is_not(None)))
    assert {bill.kind for bill in bills} == {"bill"}


# --- loading again ---


def test_loading_again_changes_nothing(session: Session) -> None:
    before = (count_events(session), revision(session))
    report = load(session, resource_dir("seeds"))
    session.flush()
    assert report.lines == []
    assert report.unchanged > 200
    assert (count_events(session), revision(session)) == before
    proof.verify(session)


def test_what_staff_edited_is_kept_and_said(session: Session, folder: Path) -> None:
    ask, change = find_ask(session, WEALTH_ORDERS), editor(session)
    values = {field.name: getattr(ask, field.name) for field in fields(AskDraft)}
    asks.edit_ask(change, ask, AskDraft(**values | {"topic": "Money"}), seen_version=None)
    own = make_update(change, ask, published=False, text="Written by staff.")
    report = load(session, folder)
    assert report.lines == [f"kept as staff edited it: ask {ask.title}"]
    assert (ask.topic, own.text, own.publication) == ("Money", "Written by staff.", DRAFT)


@ON_SQLITE
def test_an_ask_that_staff_moved_to_another_address_is_still_known(session: Session, folder: Path) -> None:
    ask, change = find_ask(session, WEALTH_ORDERS), editor(session)
    values = {field.name: getattr(ask, field.name) for field in fields(AskDraft)}
    asks.edit_ask(change, ask, AskDraft(**values | {"slug": "wealth-orders"}), seen_version=None)
    assert load(session, folder).lines == [f"kept as staff edited it: ask {ask.title}"]
    assert (ask.slug, count(session, Ask)) == ("wealth-orders", 11)


def test_a_link_and_a_test_that_staff_reworded_are_not_added_again(session: Session, folder: Path) -> None:
    change, ask = editor(session), find_ask(session, WEALTH_ORDERS)
    numbers = (count(session, Link), count(session, SuccessTest))
    link = session.scalars(sa.select(Link).where(Link.ask_id == ask.id).options(joinedload(Link.legislation))).first()
    test = list_tests(session, ask.id)[0]
    assert link is not None
    reworded = LinkDraft(ask.id, link.legislation_id, link.effect, "ss. 1–2", tuple(link.extent), link.in_force_on)
    legislation.edit_link(change, link, reworded, None)
    draft = TestDraft("other-key", test.label, test.before, test.reviewed_on)
    tests.edit_test(change, ask, test, draft, seen_version=None)
    session.flush()
    report = load(session, folder)
    assert {line.partition(":")[0] for line in report.lines} == {"kept as staff edited it"}
    assert (count(session, Link), count(session, SuccessTest)) == numbers


@ON_SQLITE
def test_history_is_kept_where_the_file_says_otherwise(session: Session, folder: Path) -> None:
    path = folder / f"asks/{MAGNITSKY}.toml"
    entry = next(
        u for u in tomllib.loads(path.read_text(encoding="utf-8"))["updates"] if u["publication"] == "published"
    )
    change_file(path, entry["text"], "History as somebody wants it.")
    before = count_events(session)
    report = load(session, folder)
    assert report.lines == [f"kept: history is not rewritten, post a correction: {MAGNITSKY} {entry['key']}"]
    assert count(session, Update, Update.text == "History as somebody wants it.") == 0
    assert count_events(session) == before


@ON_SQLITE
def test_a_reworded_ask_becomes_a_redefinition_in_public(session: Session, folder: Path) -> None:
    ask = find_ask(session, WEALTH_ORDERS)
    old = ask.title
    change_file(folder / f"asks/{WEALTH_ORDERS}.toml", f'title = "{old}"', 'title = "Use the orders"')
    report = load(session, folder)
    assert report.lines == ["changed ask: Use the orders"]
    told = session.scalars(sa.select(Update).where(Update.kind == UpdateKind.REDEFINITION)).one()
    assert old in told.text
    assert told.publication is PUBLISHED


def test_all_faults_are_told_at_once_and_nothing_is_kept(shared_engine: sa.Engine, folder: Path) -> None:
    change_file(folder / "asks/stop-brexit.toml", 'kind = "policy"', 'kind = "wish"')
    change_file(folder / f"asks/{MAGNITSKY}.toml", 'effect = "delivers"', 'effect = "wishes"')
    change_file(folder / f"asks/{WEALTH_ORDERS}.toml", 'topic = "Illicit finance"', 'topic = "Money"')
    with pytest.raises(SeedError) as refused, writing(shared_engine) as session:
        load(session, folder)
    wrong = {problem.partition(",")[0] for problem in refused.value.problems}
    assert wrong == {"asks/stop-brexit.toml", f"asks/{MAGNITSKY}.toml"}
    with writing(shared_engine) as session:
        assert find_ask(session, WEALTH_ORDERS).topic == "Illicit finance"
