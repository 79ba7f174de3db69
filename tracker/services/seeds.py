"""Loading seeds through the same services and rules as staff: all of a folder, or nothing.

Loading twice changes nothing. What a person edited is kept, and so is every published entry of a story.
"""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tracker.models import Ask
from tracker.rules.asks import Publication
from tracker.services import asks
from tracker.services.change import Change
from tracker.services.seed_files import Found, SeedError, read_table, read_toml, require_unique
from tracker.services.seed_records import Loader
from tracker.services.seed_report import Report, collecting
from tracker.services.seed_stories import Story


@dataclass(frozen=True)
class Folder:
    """All of a folder of seeds, read but not yet judged."""

    sources: list[Found]
    laws: list[Found]
    asks: dict[str, Found]


def read_folder(folder: Path) -> Folder:
    """Read every file; raises SeedError that lists the files that cannot be read."""
    problems: list[str] = []
    sources: list[Found] = []
    laws: list[Found] = []
    found_asks: dict[str, Found] = {}
    with collecting(problems):
        found = read_toml(folder / "sources.toml", "sources.toml")
        problems += [f"{found.place.at(key)}: “{key}” is not known here." for key in found.raw]
        sources = found.inner.get("sources", [])
        require_unique(sources)
    with collecting(problems):
        laws = read_table(folder / "legislation.csv", "legislation.csv")
        require_unique(laws)
    for path in sorted((folder / "asks").glob("*.toml")):
        with collecting(problems):
            found_asks[path.stem] = found = read_toml(path, f"asks/{path.name}")
            require_unique(found.inner.get("tests", []))
            require_unique(found.inner.get("updates", []))
    if problems:
        raise SeedError(problems)
    return Folder(sources, laws, found_asks)


def load(change: Change, folder: Folder) -> Report:
    """Bring the database to the folder; raises SeedError with every fault, and then nothing is kept."""
    loader = Loader(change)
    for source in folder.sources:
        with collecting(loader.problems, source.place):
            loader.load_source(source)
    for law in folder.laws:
        with collecting(loader.problems, law.place):
            loader.load_law(law)
    for law in folder.laws:
        with collecting(loader.problems, law.place):
            loader.join_bill(law)
    for slug, found in folder.asks.items():
        with collecting(loader.problems, found.place):
            _load_ask_whole(loader, slug, found)
    if loader.problems:
        raise SeedError(loader.problems)
    return loader.report


def _load_ask_whole(loader: Loader, slug: str, found: Found) -> None:
    """Load an ask with its tests, links and story, and make it public."""
    ask = loader.load_ask(slug, found)
    story = Story(loader, ask)
    for update in found.inner.get("updates", []):
        with collecting(loader.problems, update.place):
            story.load_update(update)
    if ask.publication is Publication.DRAFT and loader.is_ours(ask):
        asks.publish_ask(loader.change, ask, None)


def is_empty(change: Change) -> bool:
    """Whether there is no ask yet."""
    return change.session.scalar(sa.select(Ask.id).limit(1)) is None
