"""Loading the updates of one ask from its seed file."""

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tracker.models import Ask, Update
from tracker.rules.asks import Publication
from tracker.rules.text import is_slug
from tracker.rules.updates import EvidenceDraft, Result, UpdateDraft
from tracker.services import drafts, updates
from tracker.services.seed_files import Found, SeedError, typed
from tracker.services.seed_records import Loader


class Story:
    """Loads the updates of one ask."""

    def __init__(self, loader: Loader, ask: Ask) -> None:
        self.loader = loader
        self.ask = ask
        statement = sa.select(Update).where(Update.ask_id == ask.id)
        loaded = statement.options(selectinload(Update.evidence), selectinload(Update.results))
        self.known = {update.key: update for update in loader.session.scalars(loaded)}
        # By the keys of the file, which staff may have changed since.
        self.tests = {key: test_id for (ask_id, key), test_id in loader.tests.items() if ask_id == ask.id}

    def load_update(self, found: Found) -> None:
        raw = found.without("key", "publication", "results", "corrects")
        evidence = tuple(typed(EvidenceDraft, item.raw, item.place, {}) for item in found.inner.get("evidence", []))
        also = {"evidence": evidence, "results": self._results(found), "corrects_id": self._corrected(found)}
        draft = typed(UpdateDraft, raw, found.place, also)
        key = found.text("key", draft.happened_on.text)
        if not is_slug(key):
            raise SeedError([f"{found.place.at('key')}: use small letters, digits and single hyphens for the key."])
        self._put(key, draft, found.is_published("published"))

    def _put(self, key: str, draft: UpdateDraft, is_public: bool) -> None:
        loader, update = self.loader, self.known.get(key)
        if update is None:
            update = self.known[key] = drafts.save(loader.change, self.ask, draft, key)
            loader.report.note("added entry" if is_public else "added draft", f"{self.ask.slug} {key}")
        elif drafts.draft_of(update) == draft:
            loader.report.unchanged += 1
        elif update.publication is Publication.PUBLISHED:
            loader.report.note("kept: history is not rewritten, post a correction", f"{self.ask.slug} {key}")
        elif loader.may_change(update, draft):
            drafts.edit(loader.change, self.ask, update, draft, update.version)
            loader.report.note("changed draft", f"{self.ask.slug} {key}")
        if is_public and loader.is_ours(update) and update.publication is Publication.DRAFT:
            updates.publish(loader.change, self.ask, update)

    def _results(self, found: Found) -> tuple[tuple[int, Result], ...]:
        results = found.raw.get("results", {})
        if not isinstance(results, dict):
            raise SeedError([f"{found.place.at('results')}: write the results as {{ key-of-a-test = 'met' }}."])
        for key, result in results.items():
            if key not in self.tests:
                raise SeedError([f"{found.place.at('results')}: the ask has no test “{key}”."])
            if result not in list(Result):
                raise SeedError([f"{found.place.at('results')}: “{result}” is not met, not_met or unknown."])
        return tuple(sorted((self.tests[key], Result(result)) for key, result in results.items()))

    def _corrected(self, found: Found) -> int | None:
        if "corrects" not in found.raw:
            return None
        key = found.text("corrects")
        if key not in self.known:
            raise SeedError([f"{found.place.at('corrects')}: the ask has no earlier entry “{key}”."])
        return self.known[key].id
