"""A person's tour of the official record: `make demo-look` serves a tracker that looks at an invented Parliament.

Each time Enter is pressed a day passes in that Parliament, and the machine looks. All is gone when the tour ends.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from tests.engines import open_engine
from tests.factories import make_law, make_link
from tests.official.fake import FakeRecord, stage
from tests.official.lists import THREE, Entry, as_xml
from tests.site import ED, PASSWORD, email_of, migrate_and_seed
from tracker.clock import now, today
from tracker.db.engine import writing
from tracker.models import Ask, Legislation
from tracker.official.sanctions import XML
from tracker.rules.asks import Publication
from tracker.rules.people import COMMAND_LINE
from tracker.services.change import Change

IVANA = Entry(
    "GAC9009", ("Ivana INVENTED",), "Individual", "The Global Anti-Corruption Sanctions Regulations 2021", "15/03/2022"
)
ANOTHER = Entry("GAC9010", ("Nobody ASKEDFOR",))
BILL = "https://bills.parliament.uk/bills/4210"
NUMBER = 4210


def main() -> None:
    """Serve the tracker, and let a day pass at each Enter."""
    with tempfile.TemporaryDirectory() as folder, FakeRecord() as record:
        url, port = f"sqlite:///{folder}/tracker.sqlite3", os.environ.get("PORT", "8010")
        migrate_and_seed(url)
        follow_a_bill(url)
        settings = {"DATABASE_URL": url, "SECRET_KEY": "0123456789abcdef" * 4, "PORT": port}
        settings |= {f"TRACKER_{source.upper()}_ADDRESS": address for source, address in record.addresses.items()}
        settings["TRACKER_EVIDENCE_PAGES"] = "0"  # nobody outside is asked
        program = [sys.executable, "-m", "tracker"]
        environment = {**os.environ, **settings, "PYTHONPATH": str(Path.cwd())}
        server = subprocess.Popen([*program, "serve"], cwd=folder, env=environment)
        try:
            say(f"Sign in at http://127.0.0.1:{port}/staff/sign-in as {email_of(ED)}, password: {PASSWORD}")
            for news in days(record):
                say(f"{news} Press Enter to let the machine look.")
                sys.stdin.readline()
                subprocess.run([*program, "look"], cwd=folder, env=environment, check=False)
            say("That is all. Tell it, dismiss it, then press Enter to end the tour.")
            sys.stdin.readline()
        finally:
            server.terminate()
            server.wait()


def days(record: FakeRecord) -> Iterator[str]:
    """Let the bill move, and say how."""
    second, third, assent = (today() + timedelta(days=number) for number in (-3, 5, -1))
    stages = [stage(2, "2nd reading", "Commons", second.isoformat())]
    record.bill(NUMBER, stages)
    day = f"{today():%d/%m/%Y}"
    record.say("sanctions", XML, as_xml([IVANA, *THREE], day))
    record.law("ukpga/2018/13", {"EnactmentDate": "2018-05-23"})
    record.act("Sanctions and Anti-Money Laundering Act 2018", "demo", [])
    yield "The bill had its second reading."
    record.bill(NUMBER, [*stages, stage(3, "3rd reading", "Commons", third.isoformat())])
    yield "The third reading is set down for next week."
    record.bill(NUMBER, [*stages, stage(9, "Royal Assent", "Unassigned", assent.isoformat())], isAct=True)
    yield "It was quicker than planned: royal assent, and the third reading is taken off."
    record.say("sanctions", XML, as_xml([ANOTHER, *THREE], day))
    yield "Somebody whom an ask named is taken off the sanctions list."


def follow_a_bill(url: str) -> None:
    """Link an invented bill to two asks, and follow no other law but one Act."""
    with open_engine(url) as engine, writing(engine) as session:
        change = Change(session, COMMAND_LINE, now())
        others = sa.update(Legislation).where(Legislation.key != "ukpga/2018/13")
        session.execute(others.values(address=None, kind="other"))
        bill = make_law(
            change, kind="bill", title="Invented Sanctions Bill", citation="Bill 12 (2026-27)", address=BILL
        )
        for ask in session.scalars(sa.select(Ask).where(Ask.publication == Publication.PUBLISHED).limit(2)):
            make_link(change, ask, bill)


def say(words: str) -> None:
    sys.stdout.write(f"\n{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
