"""Words that somebody wants to be taken down, and an editor who wrote them into every kind of text."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.factories import (
    criterion_draft,
    dispute_draft,
    evidence_draft,
    make_ask,
    make_law,
    make_link,
    make_reply,
    make_source,
    make_test,
    make_update,
)
from tracker.db.base import Base
from tracker.rules.dates import PartialDate
from tracker.rules.status import Status
from tracker.rules.updates import Result
from tracker.services import asks, replies, tests
from tracker.services.change import Change

WORDS, REASON = "Zebedee Quux", "A court ordered it."
OURS = "https://tracker.example"
SPELT = "ZEBEDEE\nQuux"
LONG = "A minister said in the House of Commons, on the first day of the debate, that Zebedee Quux"


def work(ed: Change) -> None:
    """An editor writes the words into every kind of text."""
    source = make_source(ed, title=f"{WORDS}: a speech", note=f"By {WORDS}.", internal_note=f"We rang {WORDS}.")
    ask = make_ask(
        ed,
        published=True,
        source_id=source.id,
        title=f"Ask {WORDS} to go",
        quote=f"“{WORDS}” must go.",
        summary=f"It names {SPELT} twice: {WORDS}.",
        reading=f"Of {WORDS}.",
        responsible_bodies=("The Treasury", f"Office of {WORDS}"),
        short_names=(WORDS,),
        next_step=f"{WORDS} answers",
        next_step_on=PartialDate("2099-01-01"),
        topic=f"{WORDS} affairs",
    )
    test = make_test(ed, ask, label=f"{WORDS} has gone")
    tests.edit_test(ed, ask, test, criterion_draft(label=f"{WORDS} has left"), seen_version=None, reason="So it is.")
    piece = evidence_draft(title=f"{WORDS} speaks", quote=f"I, {WORDS}", url="https://example.org/Zebedee%20Quux")
    make_update(ed, ask, text=f"{LONG} promised it.", evidence=(piece,), results=((test.id, Result.NOT_MET),))
    make_update(
        ed,
        ask,
        status=Status.REJECTED,
        reason=f"{WORDS} refused".ljust(400, "."),
        happened_on=PartialDate("2021-01-01"),
    )
    make_update(ed, ask, published=False, text=f"A draft about {WORDS}.")
    law = make_law(ed, title=f"{WORDS} (Removal) Act 2018", short_names=(WORDS,), citation="2018 c. 199")
    make_link(ed, ask, law, provisions=f"s. 1 ({WORDS})", note=f"Removes {WORDS}.")
    make_reply(ed, ask, asked=WORDS, answer=f"I am {WORDS}.", published=True)
    asks.add_note(ed, ask, f"Remember {WORDS}.")
    replies.mark_disputed(ed, ask, dispute_draft(f"Whether {WORDS} said so."), None)
    replies.end_dispute(ed, ask, None, f"{WORDS} agreed.")
    make_ask(ed, slug="other", title="Another ask", source_id=source.id)


def everything(session: Session) -> str:
    """All that the database holds, as text."""
    session.flush()
    return str([session.execute(sa.select(table)).all() for table in Base.metadata.tables.values()])
