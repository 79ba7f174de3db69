"""Takes words out of every text: records, drafts and notes, the log, and what is derived from them.

The words are gone then, and nobody can bring them back. The log keeps a salted commitment to them, by which whoever
has them can show that it was these, and the hash of each entry as it is now (docs/decisions/0029-taking-down.md).
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.db import fulltext
from tracker.db.base import Versioned
from tracker.db.engine import leave_no_journal
from tracker.models import (
    Ask,
    AskBody,
    Body,
    Event,
    Evidence,
    FormerSlug,
    Legislation,
    Link,
    Note,
    Publisher,
    Revision,
    SentForm,
    Source,
    SuccessTest,
    Target,
    Update,
    Upload,
)
from tracker.rules.chain import SALT_BYTES, TAKEN_DOWN, commitment, entry_hash
from tracker.rules.disputes import MOST_PLACES, WordsSought, excerpt
from tracker.rules.errors import Problem, RuleBroken, refuse
from tracker.rules.people import Action
from tracker.rules.text import name_key
from tracker.rules.wording import field_name, in_full
from tracker.services import derived, records, replay
from tracker.services.change import Change
from tracker.services.events import Subject, record
from tracker.services.proof import content_of

MODELS: dict[str, Any] = {kind: model for kind, model in replay.MODELS.items() if kind != "person"}
MODELS |= {"evidence": Evidence, "note": Note}
# Text that is a part of an address, tells records apart or is worked out from another.
NOT_TEXTS = {
    "slug", "key", "identity", "address", "title_key", "name_key", "extent", "extent_key", "kind", "year", "number",
    "method_version", "unique_id", "salt", "commitment", "subject_kind", "outside_key", "digest", "fills",
}  # fmt: skip
COLUMNS = [(model, column) for model in MODELS.values() for column in model.__table__.columns]
TEXTS: dict[Any, list[str]] = defaultdict(list)
for model, column in COLUMNS:
    is_text = isinstance(column.type, sa.String | sa.JSON) and not isinstance(column.type, sa.Enum)
    if is_text and column.key not in NOT_TEXTS:
        TEXTS[model].append(column.key)
# What an entry of the log holds under these names is no text either.
KEPT = {column.key for model, column in COLUMNS if column.key not in TEXTS[model]}
KEPT |= {"entries", "commitments", "head", "former_slugs", "results", "changed_at", "happened_at"}
OF_EVENT = ("subject_name", "reason", "before", "after")
# With these an address can be made that spells the words; it stays. Files show the keys of tests and entries too.
SLUGS = (Ask.slug, FormerSlug.slug, Source.key, Legislation.key, SuccessTest.key, Update.key)
MOST_SLUGS = 20
PUBLIC_TEXTS = Subject("words", 0, "public texts")
NOWHERE = "These words stand nowhere. Copy them from the page, exactly as they are."


class TextPlace(NamedTuple):
    """A text in which the words stand: of what sort of record, which, and how it will read around the mark."""

    of: str
    name: str
    excerpt: str


@dataclass
class WordsFound:
    """Where words stand: the rows with their new texts, the entries of the log with their new content.

    `spelt` is how they are spelt there. `slugs` are parts of addresses that spell them, and stay.
    """

    spelt: set[str]
    slugs: Sequence[str]
    rows: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    places: list[TextPlace] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """Return what tells whether the words stand where somebody saw them."""
        stand = repr((self.places, [entry["id"] for entry in self.entries]))
        return hashlib.sha256(stand.encode()).hexdigest()


def find(session: Session, words: str, reason: str, site: str) -> WordsFound:
    """Return where the words stand; writes nothing. Raises what speaks against taking them down.

    `site` is our own address, to whose page of corrections a link leads whose address spelt the words.
    """
    wanted = WordsSought(words, site)
    refuse(wanted.check(words, reason))
    found = WordsFound(wanted.spelt, _slugs(session, wanted.slug))
    for kind, model in MODELS.items():
        for row in session.scalars(_holding(model, TEXTS[model], wanted.needle)):
            texts = {name: getattr(row, name) for name in TEXTS[model]}
            new = {name: it for name, text in texts.items() if (it := wanted.taken_from(text, KEPT, name)) != text}
            if new:
                found.rows.append((row, new))
                found.places += [
                    TextPlace(kind, field_name(name), excerpt(in_full(text))) for name, text in new.items()
                ]
    for event in session.scalars(_holding(Event, OF_EVENT, wanted.needle).order_by(Event.id)):
        content = content_of(event)
        names = OF_EVENT if event.subject != "person" else ("reason",)  # names of staff are erased elsewhere
        new = {name: wanted.taken_from(content[name], KEPT) for name in names}
        after: Any = new.get("after") or {}
        before: Any = content["after"] or {}
        if event.subject == "body" and "slug" in after and after != before:
            after["slug"] = f"taken-down-{event.subject_id}"  # the other was made of the words
            found.rows.append((session.get_one(Body, event.subject_id), {"slug": after["slug"]}))
        elif event.subject == "publisher" and after.get("host") != before.get("host"):
            after["host"] = f"taken-down-{event.subject_id}.invalid"  # no two have one, and a mark is none
            found.rows.append((session.get_one(Publisher, event.subject_id), {"host": after["host"]}))
        if any(new[name] != content[name] for name in names):
            found.entries.append(content | new)
    refuse(_check(found) + _namesakes(session, found) if wanted.is_found else [Problem(NOWHERE, "words")])
    return found


def take_down(change: Change, words: str, reason: str, site: str, seen: str) -> Event:
    """Put the mark in place of the words everywhere, for good; return the entry of the log that says so.

    `seen` is what `WordsFound.seen` was when the person saw the places; if there are others now, nothing is taken down.
    """
    change.require(Action.TAKE_DOWN)
    session, found = change.session, find(change.session, words, reason, site)
    if found.seen != seen:
        raise RuleBroken([Problem("The words stand in other places than you saw. Look at them again.")])
    after = {
        "places": len(found.places),
        "where": [f"{place.of}: {place.name}" for place in found.places],
        "entries": {str(entry["id"]): entry_hash(entry) for entry in found.entries},
        "commitments": [_commit_to(spelt) for spelt in sorted(found.spelt)],
    }
    event = record(change, TAKEN_DOWN, PUBLIC_TEXTS, after=after, reason=reason, is_public=True)
    session.flush()  # the database lets texts change only once the log says so
    session.execute(sa.update(Revision).values(is_taking_down=True))
    for row, new in found.rows:
        records.write(row, new)
        if isinstance(row, Target) and new.keys() & {"asked_as", "words"}:
            row.salt = ""  # the log has a commitment to the name as it was, which nobody can open any longer
        if isinstance(row, Body):
            row.name_key = name_key(row.name)
        if isinstance(row, Versioned):
            row.version += 1  # whoever is editing it has the words before them
    entries = {row.update_id for row, _ in found.rows if isinstance(row, Evidence)}
    session.execute(sa.update(Update).where(Update.id.in_(entries)).values(version=Update.version + 1))
    session.flush()
    if found.entries:
        texts = [{name: entry[name] for name in ("id", *OF_EVENT)} for entry in found.entries]
        session.execute(sa.update(Event), texts)
    session.execute(sa.update(Revision).values(is_taking_down=False))
    own = {row.id if isinstance(row, Ask) else getattr(row, "ask_id", None) for row, _ in found.rows} - {None}
    laws, bodies = ({row.id for row, _ in found.rows if isinstance(row, kind)} for kind in (Legislation, Body))
    told = sa.select(Update.ask_id).where(Update.id.in_(entries))
    linked = sa.select(Link.ask_id).where(Link.legislation_id.in_(laws))
    answered = sa.select(AskBody.ask_id).where(AskBody.body_id.in_(bodies))
    asks = sa.select(Ask).where(sa.or_(*(Ask.id.in_(ids) for ids in (own, told, linked, answered))))
    derived.write_all(session, session.scalars(asks).all())
    fulltext.forget(session)
    for model in (SentForm, Upload):  # a message may name a record, a file may bring the words back
        session.execute(sa.delete(model))
    leave_no_journal(session)
    return event


def _holding(model: Any, names: Sequence[str], needle: str) -> sa.Select[Any]:
    """Return a statement that finds the rows in whose texts the words may stand."""
    texts = (sa.cast(getattr(model, name), sa.Text) for name in names)
    return sa.select(model).where(sa.or_(*(text.ilike(f"%{needle}%") for text in texts)))


def _slugs(session: Session, slug: str) -> Sequence[str]:
    spelt = (sa.select(column).where(column.like(f"%{slug}%")) for column in SLUGS)
    return session.scalars(sa.union_all(*spelt).limit(MOST_SLUGS)).all() if slug else []


def _check(found: WordsFound) -> list[Problem]:
    """Say why words that stand there are not taken down."""
    if len(found.places) > MOST_PLACES:
        sentence = f"These words stand in {len(found.places)} places; at most {MOST_PLACES} are changed at once."
        return [Problem(f"{sentence} Give more words of the passage that has to go.", "words")]
    return [
        Problem(f"With the mark in it the {field_name(name)} “{text}” is too long. Shorten it first.", "words")
        for row, new in found.rows
        for name, text in new.items()
        if len(text) > (getattr(row.__table__.columns[name].type, "length", None) or len(text))
    ]


def _namesakes(session: Session, found: WordsFound) -> list[Problem]:
    """Refuse to leave two bodies with the same name, as when other words were taken out of one before."""
    keys = [name_key(new["name"]) for row, new in found.rows if isinstance(row, Body) and "name" in new]
    taken = session.scalars(sa.select(Body.name_key).where(Body.name_key.in_(keys))).all()
    if len({*keys, *taken}) == len(keys) + len(taken):
        return []
    return [Problem("Two bodies would have the same name. Rename one first: its former name goes too.", "words")]


def _commit_to(spelt: str) -> dict[str, str]:
    salt = secrets.token_hex(SALT_BYTES)
    return {"salt": salt, "commitment": commitment(salt, spelt)}
