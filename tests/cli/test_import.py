"""tracker import: what went out comes in again, all or nothing, after it was shown."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.commands import Tracker, tracker_on
from tests.site import CLEO, ED, Site, email_of
from tracker.cli import imports
from tracker.db.engine import writing
from tracker.models import Ask

LAW = "law_key,kind,year,number,title\r\nukpga/2020/1,ukpga,2020,1,An Act\r\n"


@pytest.fixture
def law(tmp_path: Path) -> Path:
    path = tmp_path / "legislation.csv"
    path.write_text(LAW, encoding="utf-8")
    return path


def of_site(site: Site) -> Tracker:
    return tracker_on(site.engine.url.render_as_string(hide_password=False))


def test_it_shows_what_would_change_asks_first_and_no_means_no(tracker: Tracker, law: Path) -> None:
    said = tracker("import", law, "--dry-run").out
    assert "legislation ukpga/2020/1: added" in said
    assert "title: “An Act”" in said
    assert "legislation: 1 would be added" in said
    tracker("import", law, typed="n\n", code=1)
    assert "0 entries" in tracker("verify").out
    assert tracker("import", law, typed="y\n").out.endswith("Done.\n")
    assert "2 entries" in tracker("verify").out
    assert "1 left as they are" in tracker("import", law).out  # nothing is asked where nothing changes
    law.write_text(LAW.splitlines()[0], encoding="utf-8")
    assert tracker("import", law).out == "The files hold no rows yet, or only notes.\n"


def test_faults_of_all_files_are_told_and_one_keeps_out_all_rows(
    tracker: Tracker, law: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    law.write_text(LAW + "ukpga/2020/2,ukpga,2020,2,\r\n", encoding="utf-8")
    (law.parent / "list.csv").write_text("a", encoding="utf-8")
    said = tracker("import", law.parent / "list.csv", law, "--yes", code=1).err
    assert "list.csv: found “The file is called list.csv.”" in said
    assert "legislation.csv, row 3, column title: found nothing. Expected: Title; a new row needs it." in said
    assert "Nothing was brought in. Faults: 2" in said
    assert "0 entries" in tracker("verify").out
    law.write_text(LAW, encoding="utf-8")
    monkeypatch.setattr(imports, "LONG", 1)
    assert "1 rows: others who save something have to wait" in tracker("import", law, "--yes").err


def test_a_faulty_file_is_refused_while_somebody_else_writes(sqlite_site: Site, law: Path) -> None:
    law.write_text(LAW.replace("An Act", ""), encoding="utf-8")
    with writing(sqlite_site.engine) as session:
        session.execute(sa.select(Ask.id))
        assert "Faults: 1." in of_site(sqlite_site)("import", law, "--yes", code=1).err


def test_it_is_done_in_the_name_of_a_person_with_what_they_may(sqlite_site: Site, law: Path) -> None:
    tracker = of_site(sqlite_site)
    tracker("import", law, "--yes", "--as", email_of(ED))
    assert "may not publish" in tracker("import", law, "--yes", "--as", email_of(CLEO), code=1).err
    assert "Nobody who may sign in" in tracker("import", law, "--yes", "--as", "nobody@example.org", code=1).err
