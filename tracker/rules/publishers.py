"""What the host of an address tells of a page: who publishes it, and who says what stands on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tracker.rules import checks
from tracker.rules.errors import Problem
from tracker.rules.text import TITLE_LENGTH
from tracker.rules.updates import EvidenceDraft, EvidenceType

HOST_LENGTH = 253
RECORD, CLAIM, PRESS = EvidenceType.OFFICIAL_RECORD, EvidenceType.GOVERNMENT_CLAIM, EvidenceType.INDEPENDENT
# A host stands for those below it too, unless they have a line of their own.
Hosts = Mapping[str, tuple[str, EvidenceType]]
PUBLISHERS: Hosts = {
    "gov.uk": ("GOV.UK", CLAIM),
    "legislation.gov.uk": ("legislation.gov.uk", RECORD),
    "caselaw.nationalarchives.gov.uk": ("The National Archives", RECORD),
    "hansard.parliament.uk": ("Hansard", RECORD),
    "bills.parliament.uk": ("UK Parliament", RECORD),
    "publications.parliament.uk": ("UK Parliament", RECORD),
    "questions-statements.parliament.uk": ("UK Parliament", CLAIM),
    "commonslibrary.parliament.uk": ("House of Commons Library", RECORD),
    "judiciary.uk": ("Courts and Tribunals Judiciary", RECORD),
    "supremecourt.uk": ("The Supreme Court", RECORD),
    "bailii.org": ("BAILII", RECORD),
    "bbc.co.uk": ("BBC", PRESS),
    "bbc.com": ("BBC", PRESS),
    "economist.com": ("The Economist", PRESS),
    "ft.com": ("Financial Times", PRESS),
    "independent.co.uk": ("The Independent", PRESS),
    "itv.com": ("ITV News", PRESS),
    "lawgazette.co.uk": ("Law Gazette", PRESS),
    "news.sky.com": ("Sky News", PRESS),
    "politico.eu": ("Politico", PRESS),
    "reuters.com": ("Reuters", PRESS),
    "telegraph.co.uk": ("The Telegraph", PRESS),
    "theguardian.com": ("The Guardian", PRESS),
    "thetimes.co.uk": ("The Times", PRESS),
    "thetimes.com": ("The Times", PRESS),
}
OF_OTHERS = ("gov.uk", "parliament.uk", "nationalarchives.gov.uk")


@dataclass(frozen=True)
class PublisherDraft:
    """A line of the table."""

    host: str
    publisher: str
    type: EvidenceType


def check_publisher(draft: PublisherDraft) -> list[Problem]:
    """Check a line of the table; one without a publisher is to be taken away."""
    sentence = checks.check_url(f"https://{draft.host}/")
    problems = [Problem(sentence, "host")] if sentence else []
    return problems + checks.texts(draft, {"host": HOST_LENGTH, "publisher": TITLE_LENGTH})


def host_of(address: str) -> str:
    """Return the host of a page, or the host that was given itself, without "www."; empty if there is none."""
    try:
        return (urlsplit(address if "//" in address else f"//{address}").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def read_host(url: str, own: Hosts) -> EvidenceDraft | None:
    """Return publisher and type of a page as its host tells them; None if neither our own table nor this has it."""
    host, table = host_of(url), {**PUBLISHERS, **own}
    while host:
        if host in table:
            publisher, kind = table[host]
            return EvidenceDraft(url, "", kind, publisher)
        above = host.partition(".")[2]
        host = "" if above in OF_OTHERS else above  # a department or an archive is not the site above it
    return None
