"""The data package and the download of everything, as frictionless and a zip program read them."""

import csv
import io
import json
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.site import LONDON_PROPERTY, WEALTH_ORDERS, Site
from tracker.exports.columns import Origin
from tracker.exports.package import describe
from tracker.exports.tables import TABLES
from tracker.face import Face
from tracker.models import Ask, Revision, Update
from tracker.rules.dates import PartialDate

csv_limit = csv.field_size_limit()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import frictionless
    import frictionless.formats.csv.parser
# Its parser lifts the limit of the whole process when it is loaded, and imports would take cells of any size.
csv.field_size_limit(csv_limit)


def description(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(site.browser().send("GET", "/datapackage.json").text)
    return found


def unpacked(site: Site, folder: Path) -> Path:
    """The download of everything, unpacked."""
    with zipfile.ZipFile(io.BytesIO(site.browser().send("GET", "/data.zip").data)) as packed:
        assert packed.testzip() is None
        packed.extractall(folder)
    return folder


def faults(folder: Path) -> list[Any]:
    """What frictionless finds wrong with a package and its files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = frictionless.validate(str(folder / "datapackage.json"))
    return list(report.flatten(["type", "title", "note"]))


def test_frictionless_accepts_the_package_and_every_served_file(site: Site, tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_bytes(site.browser().send("GET", "/datapackage.json").data)
    for name in TABLES:
        (tmp_path / f"{name}.csv").write_bytes(site.browser().send("GET", f"/{name}.csv").data)
    assert faults(tmp_path) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("asks.csv", ",partly_met,", ",nearly_met,"),
        ("asks.csv", ",2018-03-19,day,", ",19/03/2018,day,"),
        ("asks.csv", "ask_slug,title,", "slug,title,"),
        ("updates.csv", f"\r\n{WEALTH_ORDERS},2018-01-31,", "\r\nno-such-ask,2018-01-31,"),
        ("evidence.csv", ",official_record,", ",hearsay,"),
        ("results.csv", f"\r\n{LONDON_PROPERTY},", "\r\nstop-brexit,"),
    ],
)
def test_frictionless_would_refuse_what_breaks_the_promise(
    shared_site: Site, tmp_path: Path, file: str, old: str, new: str
) -> None:
    """Else the test above would prove nothing."""
    path = unpacked(shared_site, tmp_path) / file
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())
    assert faults(tmp_path)


def test_the_download_of_everything_has_the_served_files_and_validates(site: Site, tmp_path: Path) -> None:
    folder = unpacked(site, tmp_path)
    assert {path.name for path in folder.iterdir()} == {
        "README.txt", "datapackage.json", *(f"{name}.csv" for name in TABLES)
    }  # fmt: skip
    for name in TABLES:
        assert (folder / f"{name}.csv").read_bytes() == site.browser().send("GET", f"/{name}.csv").data
    assert json.loads((folder / "datapackage.json").read_text(encoding="utf-8")) == description(site)
    assert faults(folder) == []
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    assert "CC BY 4.0" in readme
    assert f"revision {site.scalar(sa.select(Revision.number))}." in readme


def test_the_download_is_the_same_until_the_data_change(sqlite_site: Site) -> None:
    first, second = (sqlite_site.browser().send("GET", "/data.zip") for _ in range(2))
    assert first.data == second.data
    sqlite_site.execute(sa.update(Ask).where(Ask.slug == WEALTH_ORDERS).values(next_step_on=PartialDate("2027")))
    assert sqlite_site.browser().send("GET", "/data.zip").data != first.data


def test_the_package_says_which_state_it_is_of(sqlite_site: Site) -> None:
    found = description(sqlite_site)
    latest = sqlite_site.scalar(sa.select(sa.func.max(Update.published_at)))
    assert found["created"] == latest.isoformat(timespec="seconds")
    assert found["version"] == str(sqlite_site.scalar(sa.select(Revision.number)))
    assert found["licenses"][0]["title"] == "CC BY 4.0"
    assert "How do we deal with Russia?" in [source["title"] for source in found["sources"]]


def test_a_package_without_entries_invents_no_date() -> None:
    assert "created" not in describe(Origin("https://tracker.example", Face(), 0, None), "0:", [])
