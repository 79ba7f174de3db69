"""Sources, laws and asks that never were, with all that hangs on them; the same for the same number of asks.

They are rows, made to be written in bulk, and have the names of the models' attributes, so that the tracker's own code
can derive from them what it derives from the models.
"""

from collections.abc import Iterator
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from bench import prose
from bench.stories import Story, invent
from bench.words import BODIES, PLACES, PUBLISHERS, TOPICS
from tracker.models import Update
from tracker.queries.stories import entry_of
from tracker.rules.asks import AskKind, Publication
from tracker.rules.dates import PartialDate
from tracker.rules.legislation import Effect
from tracker.rules.story import state_of
from tracker.rules.text import title_key
from tracker.rules.updates import Result

SEED = 2018
MOST_LAWS, MOST_SOURCES = 3000, 3000
PUBLISHED = Publication.PUBLISHED
LAW_KINDS = ("ukpga", "uksi", "bill", "asp", "ssi", "wsi", "asc", "nisr")
Row = dict[str, Any]
Made = SimpleNamespace


def made(row: Row, **hanging: Any) -> Made:
    """A row with the rows that hang on it, to be read like a model."""
    return SimpleNamespace(row=row, **row, **hanging)


class Records:
    """All records for a number of asks. The first topics, bodies, sources and laws have more asks than the others."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.random = Random(f"{SEED} {number}")
        self.ids = {name: count(1) for name in ("update", "evidence", "test", "link")}
        self.laws = [self._law(id) for id in range(1, max(3, min(number // 300, MOST_LAWS)) + 1)]
        self.sources = [self._source(id) for id in range(1, max(2, min(number // 100, MOST_SOURCES)) + 1)]

    def asks(self) -> Iterator[Made]:
        """The asks, one after another, each with its tests, updates and links."""
        return map(self._ask, range(1, self.number + 1))

    def _pick(self, among: list[Any]) -> Any:
        return among[int(len(among) * self.random.random() ** 2)]

    def _source(self, id: int) -> Row:
        return {
            "id": id,
            "version": 1,
            "key": f"source-{id}",
            "title": f"{prose.sentence(self.random)[:-1]}, {id}",
            "author": "A. N. Other MP",
            "publisher": self.random.choice(PUBLISHERS),
            "published_on": PartialDate(f"{2018 + id % 8}-{1 + id % 12:02}-{1 + id % 28:02}"),
            "url": f"https://www.example.org/articles/{id}",
            "publication": PUBLISHED,
        }

    def _law(self, id: int) -> Made:
        kind, year, number = LAW_KINDS[id % len(LAW_KINDS)], 2018 + id % 8, 1 + id // 8
        key = f"{kind}/{year}/{number}"
        enacted = None if kind == "bill" else PartialDate(f"{year}-{1 + id % 12:02}-{1 + id % 28:02}")
        row = {
            "id": id,
            "version": 1,
            "key": key,
            "identity": key,
            "kind": kind,
            "year": str(year),
            "number": str(number),
            "citation": f"{year} No. {number}",
            "title": f"{self.random.choice(PLACES).title()} {self.random.choice(TOPICS)} Act {year} ({id})",
            "address": f"https://www.legislation.gov.uk/{key}",
            "introduced_on": PartialDate(f"{year}-01") if kind == "bill" else None,
            "enacted_on": enacted,
            "publication": PUBLISHED,
        }
        return made(row)

    def _ask(self, id: int) -> Made:
        random = self.random
        title = prose.title(random, id)
        story = invent(random, id, self.ids)
        state = state_of(entry_of(cast(Update, update)) for update in story.updates)
        entry = state.status_entry
        assert entry
        day = story.last_day
        row = {
            "id": id,
            "version": 1,
            "slug": prose.slug(title, id),
            "title": title,
            "title_key": title_key(title),
            "kind": AskKind.SANCTIONS if random.random() < 0.2 else AskKind.POLICY,
            "topic": self._pick(TOPICS),
            "source_id": self._pick(self.sources)["id"],
            "quote": f"We must {title[0].lower()}{title[1:]}. {prose.sentence(random)}",
            "quote_place": f"Paragraph {1 + id % 30}",
            "summary": f"{title}: {prose.sentence(random).lower()}",
            "reading": prose.sentence(random) if id % 4 == 0 else "",
            "jurisdictions": ["United Kingdom"],
            "responsible_bodies": [self._pick(BODIES)],
            "government_position": prose.sentence(random) if id % 3 == 0 else "",
            "next_step": "The next debate" if id % 5 == 0 else "",
            "next_step_on": PartialDate(f"{2026 + id % 3}-{1 + id % 12:02}") if id % 5 == 0 else None,
            "first_deadline": PartialDate(f"{2020 + id % 9}-12-31") if id % 10 == 0 else None,
            "current_deadline": PartialDate(f"{2021 + id % 9}-12-31") if id % 10 == 0 else None,
            "deadline_note": "What was promised is due" if id % 10 == 0 else "",
            "review_interval_days": 90,
            "reviewed_on": PartialDate(day.isoformat()) if id % 4 else None,
            "publication": PUBLISHED,
            "status": entry.status,
            "status_on": entry.happened_on,
            "status_reason": entry.reason,
            "superseded_by_id": entry.superseded_by_id,
        }
        return made(row, updates=story.updates, tests=self._tests(id, story, state.results), links=self._links(id))

    def _tests(self, ask_id: int, story: Story, results: Any) -> list[Made]:
        return [
            made(
                {
                    "id": test_id,
                    "version": 1,
                    "ask_id": ask_id,
                    "key": f"test-{place}",
                    "label": prose.sentence(self.random),
                    "result": results[test_id][0] if test_id in results else Result.UNKNOWN,
                    "result_on": results[test_id][1] if test_id in results else None,
                    "is_archived": False,
                }
            )
            for place, test_id in enumerate(story.test_ids, 1)
        ]

    def _links(self, ask_id: int) -> list[Made]:
        random = self.random
        number = random.choices((0, 1, 2), (60, 35, 5))[0]
        laws = {law.id: law for law in (self._pick(self.laws) for _ in range(number))}
        return [
            made(
                {
                    "id": next(self.ids["link"]),
                    "version": 1,
                    "ask_id": ask_id,
                    "legislation_id": law.id,
                    "effect": random.choice(tuple(Effect)),
                    "provisions": f"s. {random.randrange(1, 200)}",
                    "extent": ["United Kingdom"],
                    "extent_key": "United Kingdom",
                    "in_force_on": law.enacted_on,
                    "note": prose.sentence(random),
                    "publication": PUBLISHED,
                },
                legislation=law,
            )
            for law in laws.values()
        ]
