"""tracker export writes the files that the site offers."""

from pathlib import Path

import openpyxl

from tests.cli.commands import Tracker, tracker_on
from tests.factories import make_ask
from tests.site import ED, Site
from tracker.exports.folder import ORDER, PUBLIC, WHOLE
from tracker.exports.tables import TABLES

ADDRESS = "https://tracker.example.org"


def test_the_files_are_those_that_the_site_offers_byte_for_byte(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "files"
    tracker = tracker_on(site.engine.url.render_as_string(hide_password=False))
    said = tracker("export", folder, TRACKER_SITE_URL=site.app.config["SITE_URL"]).out
    assert said == "".join(f"wrote {folder}/{name}.csv\n" for name in ORDER if name in PUBLIC)
    assert {path.name for path in folder.iterdir()} == {f"{name}.csv" for name in PUBLIC}
    client = site.app.test_client()
    for name in TABLES:
        with client.get(f"/{name}.csv", buffered=True) as served:
            assert served.status_code == 200
            written = (folder / f"{name}.csv").read_bytes()
            assert written == served.data
            assert written.count(b"\r\n") > 1, f"{name}.csv has no rows"


def test_an_export_says_where_the_site_is_and_replaces_an_older_one(sqlite_site: Site, tmp_path: Path) -> None:
    tracker = tracker_on(sqlite_site.engine.url.render_as_string(hide_password=False))
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "asks.csv").write_text("older and longer" * 10_000, encoding="utf-8")
    tracker("export", folder, TRACKER_SITE_URL=ADDRESS + "/")
    text = (folder / "asks.csv").read_text(encoding="utf-8")
    assert f",{ADDRESS}/asks/" in text
    assert "older" not in text
    assert "127.0.0.1" not in text
    said = tracker("export", tmp_path / "book", "--xlsx", TRACKER_SITE_URL=ADDRESS).out
    assert said == f"wrote {tmp_path}/book/policy-asks.xlsx\n"
    assert [path.name for path in (tmp_path / "book").iterdir()] == ["policy-asks.xlsx"]
    book = openpyxl.load_workbook(tmp_path / "book/policy-asks.xlsx")
    assert str(book["asks"]["A2"].value)
    assert book["About"]["B1"].value == ADDRESS


def test_what_staff_alone_see_is_written_for_the_owner_alone(sqlite_site: Site, tmp_path: Path) -> None:
    with sqlite_site.change(ED) as change:
        bodies = ("A draft ministry", "Home Office")
        make_ask(change, slug="secret", title="A draft", internal_note="Not yet.", responsible_bodies=bodies)
    folder, public = tmp_path / "whole", tmp_path / "public"
    tracker = tracker_on(sqlite_site.engine.url.render_as_string(hide_password=False))
    tracker("export", folder, "--internal")
    tracker("export", public)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {path.name for path in folder.iterdir()} == {f"{name}.csv" for name in WHOLE}
    assert "secret,A draft," in (folder / "asks.csv").read_text(encoding="utf-8")
    assert "a-draft-ministry,A draft ministry," in (folder / "bodies.csv").read_text(encoding="utf-8")
    written = "".join(path.read_text(encoding="utf-8") for path in public.iterdir())
    assert "A draft" not in written
    assert "internal_note" not in written
    assert "--internal" in tracker("export", tmp_path / "book", "--internal", "--xlsx", code=2).err


def test_a_database_without_asks_gives_files_with_headers_and_a_file_is_no_folder(
    tracker: Tracker, tmp_path: Path
) -> None:
    tracker("export", tmp_path)
    for name, table in PUBLIC.items():
        text = (tmp_path / f"{name}.csv").read_bytes().decode("utf-8")
        assert text == ",".join(column.name for column in table.columns) + "\r\n"
    assert "is a file" in tracker("export", tmp_path / "asks.csv", code=2).err
