"""tracker seed loads a folder of asks once, and again without changing anything."""

from dataclasses import fields
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.commands import Tracker, tracker_on
from tests.cli.seed_folder import replace_in, write_seeds
from tests.engines import open_engine
from tests.site import ED, WEALTH_ORDERS, SeededDatabases, Site
from tracker.db.engine import reading
from tracker.models import Ask
from tracker.paths import resource_dir
from tracker.rules.asks import AskDraft
from tracker.services import asks

NOTHING = "0 records changed, 11 left as they are.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_seeds(tmp_path / "seeds")


def ask_titles(url: str) -> list[str]:
    with open_engine(url) as engine, reading(engine) as session:
        return list(session.scalars(sa.select(Ask.title)))


def test_a_folder_is_loaded_and_loading_it_again_changes_nothing(tracker: Tracker, folder: Path) -> None:
    first = tracker("seed", folder).out
    assert "added ask: Tax empty homes" in first
    assert "added law: 2018 c. 13" in first
    assert "added entry: empty-homes 2018-06" in first
    assert "added draft: empty-homes 2019" in first
    assert first.endswith("11 records changed, 0 left as they are.\n")
    whole = tracker("verify").out
    assert tracker("seed", folder).out == NOTHING
    assert tracker("verify").out == whole


def test_a_dry_run_says_what_would_change_and_changes_nothing(tracker: Tracker, folder: Path, database: str) -> None:
    said = tracker("seed", folder, "--dry-run").out
    assert "added ask: Tax empty homes" in said
    assert said.endswith("11 records would be changed, 0 left as they are.\n")
    assert ask_titles(database) == []
    assert tracker("verify").out.startswith("The event log is whole: 0 entries")
    assert tracker("seed", folder).out == said.replace("would be changed", "changed")


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_if_empty_loads_once_and_then_does_nothing(tracker: Tracker, folder: Path, database: str) -> None:
    tracker("seed", folder, "--if-empty")
    replace_in(folder / "asks/empty-homes.toml", 'title = "Tax empty homes"', 'title = "Tax every empty home"')
    assert tracker("seed", folder, "--if-empty").out == ""
    assert ask_titles(database) == ["Tax empty homes"]


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_what_changed_in_a_file_is_changed_and_nothing_else(tracker: Tracker, folder: Path, database: str) -> None:
    tracker("seed", folder)
    replace_in(folder / "asks/empty-homes.toml", 'title = "Tax empty homes"', 'title = "Tax every empty home"')
    said = tracker("seed", folder).out
    assert said.endswith("1 records changed, 10 left as they are.\n")
    assert "changed ask" in said
    assert ask_titles(database) == ["Tax every empty home"]


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_published_history_is_not_rewritten_and_a_draft_is(tracker: Tracker, folder: Path) -> None:
    tracker("seed", folder)
    ask = folder / "asks/empty-homes.toml"
    replace_in(ask, "The tax began.", "The tax never began.")
    assert "kept: history is not rewritten, post a correction: empty-homes 2018-06" in tracker("seed", folder).out
    replace_in(ask, "The tax never began.", "The tax began.")
    replace_in(ask, "sent the first bills", "sent the first letters")
    assert "changed draft: empty-homes 2019" in tracker("seed", folder).out


def test_what_the_seeds_contain_by_default_is_what_the_tracker_comes_with(seeded_databases: SeededDatabases) -> None:
    """The template of the site was seeded by the services; the command finds nothing to do and says so."""
    with seeded_databases.temporary("sqlite") as url:
        tracker = tracker_on(url)
        before = tracker("verify").out
        assert tracker("seed").out.startswith("0 records changed, ")
        assert tracker("seed", resource_dir("seeds"), "--dry-run").out.startswith("0 records would be changed, ")
        assert tracker("verify").out == before


def test_what_a_person_edited_is_kept(sqlite_site: Site) -> None:
    with sqlite_site.change(ED) as change:
        ask = change.session.scalars(sa.select(Ask).where(Ask.slug == WEALTH_ORDERS)).one()
        values = {field.name: getattr(ask, field.name) for field in fields(AskDraft)}
        asks.edit_ask(change, ask, AskDraft(**values | {"internal_note": "Ed was here."}), seen_version=None)
    tracker = tracker_on(sqlite_site.engine.url.render_as_string(hide_password=False))
    kept, summary = tracker("seed").out.splitlines()
    assert kept.startswith("kept as staff edited it: ask ")
    assert summary.startswith("1 records changed, ")
    note = sa.select(Ask.internal_note).where(Ask.slug == WEALTH_ORDERS)
    assert sqlite_site.scalar(note) == "Ed was here."
