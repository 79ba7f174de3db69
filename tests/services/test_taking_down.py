"""Words are taken out of every text at once, and the log can still be proved whole."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.factories import (
    NOW,
    evidence_draft,
    find_staff,
    list_target,
    make_ask,
    make_designation,
    make_staff,
    make_targets,
    make_test,
    make_update,
    seen_in_record,
)
from tests.on_disk import held_in_files, need_overwriting
from tests.tampering import unlock_log
from tests.transactions import count_events, shared_engine_with
from tests.unwanted import LONG, OURS, REASON, SPELT, WORDS, everything, work
from tracker.db import migrate
from tracker.db.engine import writing
from tracker.models import Ask, Event, Evidence, Finding, Publisher, Revision, Target, Update
from tracker.official.findings import note
from tracker.rules.asks import BodyDraft
from tracker.rules.chain import commitment, entry_hash
from tracker.rules.checks import MARK
from tracker.rules.disputes import CORRECTIONS
from tracker.rules.errors import RuleBroken
from tracker.rules.publishers import PublisherDraft, check_publisher
from tracker.rules.updates import EvidenceType
from tracker.services import bodies, derived, proof, replay, taking_down
from tracker.services.change import Change
from tracker.services.proof import BrokenChain

shared_engine = shared_engine_with(work)


def take_down(change: Change, words: str = WORDS, reason: str = REASON) -> Event:
    found = taking_down.find(change.session, words, reason, OURS)
    return taking_down.take_down(change, words, reason, OURS, found.seen)


def test_the_words_stand_nowhere_afterwards_and_the_log_is_whole(ada: Change) -> None:
    session, before = ada.session, count_events(ada.session)
    assert "quux" in everything(session).casefold()
    event = take_down(ada)
    left = everything(session)
    assert [at for at in ("quux", "zebedee") if at in left.casefold()] == []
    assert MARK in left
    assert proof.verify(session)[0] == before + 1
    assert replay.find_differences(session) == []
    assert derived.find_faults(session) == []
    assert (event.reason, event.subject, event.actor_id) == (REASON, "words", ada.actor.id)


def test_no_text_is_passed_over_in_the_log_for_bearing_the_name_of_a_code() -> None:
    assert {name for names in taking_down.TEXTS.values() for name in names} & taking_down.KEPT == set()


def test_whoever_has_the_words_can_show_that_it_was_these(ada: Change) -> None:
    session = ada.session
    before = {event.id: (proof.content_of(event), event.hash) for event in session.scalars(sa.select(Event))}
    session.expunge_all()
    said = take_down(ada).after or {}
    session.expunge_all()
    for spelt in (WORDS, SPELT):
        assert [it for it in said["commitments"] if it["commitment"] == commitment(it["salt"], spelt)]
    assert said["entries"]
    for number, now in said["entries"].items():
        content, written = before[int(number)]
        entry = session.get_one(Event, int(number))
        assert entry.hash == written == entry_hash(content) != now == entry_hash(proof.content_of(entry))
    changed = {number for number in before if proof.content_of(session.get_one(Event, number)) != before[number][0]}
    assert changed == {int(number) for number in said["entries"]}
    assert said["places"] == len(said["where"]) > 20


def test_words_of_drafts_notes_the_log_and_findings_alone_go_too(ada: Change) -> None:
    ask = make_ask(ada, published=True, slug="apart", title="Apart")
    (target,) = make_targets(ada, ask, "Dora Demova")
    target.candidates = [{"unique_id": "RUS9001", "name": "DEMOVA Dora"}]
    note(ada.session, seen_in_record("A hidden reading", subject_kind="ask", subject_id=ask.id), NOW)
    of_drafts = ("A draft about", "Remember Zebedee", "We rang", "So it is")
    for words in (*of_drafts, "Dora Demova", "They should be sanctioned", "A hidden reading"):
        assert words in everything(ada.session)
        take_down(ada, words)
        assert words not in everything(ada.session)
        assert proof.verify(ada.session)


def test_words_can_be_taken_down_again_from_the_same_entries_and_from_the_reason(ada: Change) -> None:
    first = take_down(ada, f"{WORDS} answers", "The minister, Ann Other, asked for it.")
    take_down(ada)
    take_down(ada, "Ann Other")
    ada.session.expunge_all()
    again = ada.session.get_one(Event, first.id)
    assert again.reason == f"The minister, {MARK}, asked for it."
    assert proof.verify(ada.session)
    assert replay.find_differences(ada.session) == []


UNTOUCHED = "(SELECT max(id) FROM event WHERE subject = 'person' AND action = 'created')"
TOUCHED = "(SELECT max(id) FROM event WHERE subject = 'ask' AND action = 'created' AND before IS NULL) - 0"
TAKEN = "(SELECT max(id) FROM event)"
TAMPERINGS = {
    f"UPDATE event SET reason = 'x' WHERE id = {UNTOUCHED}": "was changed after it was written",
    f"UPDATE event SET reason = 'x' WHERE id = {TOUCHED}": "was changed after it was written",
    f"UPDATE event SET reason = 'Because.' WHERE id = {TAKEN}": "was changed after it was written",
    f"UPDATE event SET after = '{{}}' WHERE id = {TAKEN}": "cannot be read",
    f"UPDATE event SET action = 'edited' WHERE id = {TAKEN}": "was changed after it was written",
    f"DELETE FROM event WHERE id = {TAKEN}": "was changed after it was written",
}


def test_whatever_else_is_changed_and_words_that_were_put_back_are_noticed(ada: Change) -> None:
    session = ada.session
    number = session.scalar(sa.select(Event.id).where(Event.subject == "ask", Event.action == "created"))
    before = session.get_one(Event, number).after
    take_down(ada)
    session.flush()
    unlock_log(session)
    put_back = sa.update(Event).where(Event.id == number).values(after=before)
    tampered: list[tuple[sa.Executable, str]] = [(sa.text(text), said) for text, said in TAMPERINGS.items()]
    for statement, said in (*tampered, (put_back, f"Entry {number} of the event log was changed")):
        with session.begin_nested() as tried:
            session.execute(statement)
            session.expunge_all()
            with pytest.raises(BrokenChain, match=said):
                proof.verify(session)
            tried.rollback()
        session.expunge_all()


def test_the_database_lets_nothing_change_but_while_words_are_taken_down(ada: Change) -> None:
    session = ada.session
    texts = {Event: {"reason": "x"}, Update: {"text": "x"}, Evidence: {"title": "x"}}
    for is_open in (False, True):  # open, but the log does not say so
        session.execute(sa.update(Revision).values(is_taking_down=is_open))
        for model, values in texts.items():
            with pytest.raises(DBAPIError, match=r"append-only|never changed"), session.begin_nested():
                session.execute(sa.update(model).values(values))
    session.execute(sa.update(Revision).values(is_taking_down=False))
    take_down(ada)
    assert migrate.find_missing_guards(session.connection()) == []
    session.execute(sa.update(Revision).values(is_taking_down=True))
    kept = {"hash": "x", "id": Event.id + 100, "action": "x", "actor_name": "x", "at": NOW + timedelta(1)}
    for name, value in kept.items():
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(sa.update(Event).values({name: value}))
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(sa.update(Update).values(publication="draft"))
    assert migrate.find_missing_guards(session.connection())  # the doctor notices what was left open


REFUSED = {
    "nowhere": ("Nobody Known", REASON, "stand nowhere"),
    "too short": ("Ze", REASON, "at least 3 letters"),
    "no letters": ("… – …", REASON, "at least 3 letters"),
    "no reason": (WORDS, "", "Give the reason"),
    "reason repeats them": (WORDS, f"{WORDS.upper()} asked.", "must not repeat"),
    "part of the mark": ("Taken down", REASON, "part of the mark"),
    "too long": ("x" * 5000, REASON, "at most 4000"),
    "a longer reason": (WORDS, "x" * 500, "at most 400"),
    "across fields": (f"{WORDS} must go. It names", REASON, "stand nowhere"),
}


def test_what_cannot_be_taken_down_is_refused_and_nothing_changes(ada: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = ada.session.scalars(sa.select(Ask)).all()[0]
    for number in range(6):
        make_update(ada, ask, text=f"Commonplace, for the {number}. time.")
    before = everything(ada.session)
    for case, (words, reason, said) in REFUSED.items():
        with pytest.raises(RuleBroken) as refused:
            taking_down.take_down(ada, words, reason, OURS, "")
        assert said in str(refused.value), case
    monkeypatch.setattr(taking_down, "MOST_PLACES", 5)
    with pytest.raises(RuleBroken, match="stand in 6 places; at most 5"):
        taking_down.find(ada.session, "commonplace", REASON, OURS)
    assert everything(ada.session) == before


def test_only_what_was_seen_is_taken_down(ada: Change) -> None:
    found = taking_down.find(ada.session, WORDS, REASON, OURS)
    make_ask(ada, slug="one-more", title=WORDS)
    assert len(taking_down.find(ada.session, WORDS, REASON, OURS).places) == len(found.places) + 1
    with pytest.raises(RuleBroken, match="Look at them again"):
        taking_down.take_down(ada, WORDS, REASON, OURS, found.seen)


SPELLINGS = {
    "zebedee quux": "ZEBEDEE\nQUUX went",
    "Zoë’s “well-known” aunt": 'zoë\'s "well–known"  Aunt went',
    "Зураб Иванов": "зураб иванов went",
    "O'Neill": "O’NEILL went",
    "100%_sure": "100%_sure went",
}


def test_words_are_found_as_people_spell_them(ada: Change) -> None:
    for number, (words, spelt) in enumerate(SPELLINGS.items()):
        ask = make_ask(ada, published=True, slug=f"spelt-{number}", summary=f"So {spelt}.", title="Spelt")
        take_down(ada, words)
        ada.session.refresh(ask)
        assert ask.summary == f"So {MARK} went.", words


def test_what_was_cut_short_before_the_last_of_the_words_goes_too(ada: Change) -> None:
    text = f"{LONG} promised it."
    name = ada.session.scalar(sa.select(Event.subject_name).where(Event.subject_name.like("A minister said in%")))
    assert name
    assert name.endswith("…")
    beginning = " ".join(name.removesuffix("…").split()[-2:])
    with pytest.raises(RuleBroken, match="stand nowhere"):
        taking_down.find(ada.session, f"{beginning} nobody ever wrote", REASON, OURS)
    end = " ".join(text.split()[len(name.split()) - 3 :])
    take_down(ada, end)
    left = set(ada.session.scalars(sa.select(Event.subject_name).where(Event.subject_name.like("A minister said in%"))))
    assert {it[-len(MARK) - 1 :] for it in left} == {f"{MARK}…"}


def test_what_tells_records_apart_is_no_text_and_the_name_of_a_target_is_one(ada: Change) -> None:
    session = ada.session
    identifying = ("RUS9001", "0a1", "b1e", "legislation", "stage", "ended_on")
    ask = make_ask(ada, published=True, slug="apart", title="Apart", summary=f"They say {', '.join(identifying)}.")
    make_designation(session)
    (target,) = make_targets(ada, ask, "Boris Testov", words="Sanction Boris Testov.")
    list_target(ada, target)
    salt, target.salt = target.salt, "0a1"  # as may stand in any that is made
    target.candidates = [{"unique_id": "RUS9001"}]
    finding = note(session, seen_in_record("Over", kind="ended", outside_key="bill/1/stage"), NOW)
    assert finding
    finding.digest, finding.fills = "b1e", "ended_on"
    rows = {table: session.execute(sa.select(table)).one() for table in (Target.__table__, Finding.__table__)}
    for words in identifying:
        take_down(ada, words)
        session.flush()
        assert {table: session.execute(sa.select(table)).one() for table in rows} == rows, words
    target.salt = salt
    take_down(ada, "Boris Testov")
    session.expire_all()
    assert (target.asked_as, target.words) == (MARK, f"Sanction {MARK}.")
    assert replay.find_differences(session) == []
    list_target(ada, session.get_one(Target, target.id), "")
    assert replay.find_differences(session) == []


def test_an_address_that_spells_the_words_goes_as_a_whole(ada: Change) -> None:
    ask, address = ada.session.scalars(sa.select(Ask)).all()[0], f"https://example.org/{'long-' * 30}name"
    make_update(ada, ask, key="by-address", evidence=(evidence_draft(url=address),))
    take_down(ada, address)
    take_down(ada)
    urls = list(ada.session.scalars(sa.select(Evidence.url)))
    assert urls.count(f"{OURS}{CORRECTIONS}") == 2
    assert address not in urls
    found = taking_down.find(ada.session, "A minister said", REASON, OURS)
    assert found.slugs == []
    make_ask(ada, slug="a-minister-said-so", title="Spelt")
    assert taking_down.find(ada.session, "A minister said", REASON, OURS).slugs == ["a-minister-said-so"]
    make_test(ada, ask, key="a-minister-said-it", label="It was said")
    make_update(ada, ask, key="so-a-minister-said")
    found = taking_down.find(ada.session, "A minister said", REASON, OURS)
    assert set(found.slugs) == {"a-minister-said-so", "a-minister-said-it", "so-a-minister-said"}


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_no_byte_of_them_stays_in_the_file_or_in_its_journal(engine: sa.Engine) -> None:
    with writing(engine) as session:
        make_staff(session)
        work(Change(session, find_staff(session).ed, NOW))
    with writing(engine) as session:
        need_overwriting(session)
        take_down(Change(session, find_staff(session).ada, NOW))
    held = held_in_files(engine).lower()
    assert b"minist" in held
    assert [word for word in (b"zebede", b"quux") if word in held] == []


def test_two_bodies_never_come_to_the_same_name(ada: Change) -> None:
    _, second = bodies.find_or_create(ada, ["The Smith fund", "The Jones fund"])
    take_down(ada, "Smith")
    with pytest.raises(RuleBroken, match="Rename one first"):
        take_down(ada, "Jones")
    bodies.edit_body(ada, second, BodyDraft(second.slug, "The second fund"), None)
    take_down(ada, "Jones")
    assert "jones" not in everything(ada.session).casefold()
    assert replay.find_differences(ada.session) == []


def test_a_host_that_spells_the_words_becomes_one_that_is_nobodys(ada: Change) -> None:
    for name in ("smith", "jones"):
        bodies.keep_publisher(ada, PublisherDraft(f"{name}.example.org", f"Of {name}", EvidenceType.INDEPENDENT), None)
    for words in ("Of jones", "jones", "smith"):
        take_down(ada, words)
    kept = ada.session.execute(sa.select(Publisher.id, Publisher.host, Publisher.publisher).order_by(Publisher.id))
    hosts = {host: publisher for number, host, publisher in kept if host == f"taken-down-{number}.invalid"}
    assert list(hosts.values()) == [f"Of {MARK}", MARK]
    assert [check_publisher(PublisherDraft(host, "A", EvidenceType.INDEPENDENT)) for host in hosts] == [[], []]
    assert replay.find_differences(ada.session) == []
