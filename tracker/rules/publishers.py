"""What the host of an address tells of a page: who publishes it, and who says what stands on it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from tracker.rules.updates import EvidenceDraft, EvidenceType

RECORD, CLAIM, PRESS = EvidenceType.OFFICIAL_RECORD, EvidenceType.GOVERNMENT_CLAIM, EvidenceType.INDEPENDENT
# A host stands for those below it too, unless they have a line of their own.
PUBLISHERS: Mapping[str, tuple[str, EvidenceType]] = {
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


def read_host(url: str) -> EvidenceDraft | None:
    """Return the publisher and the type of a page as its host tells them; None if the table does not have it."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return None
    while host:
        if host in PUBLISHERS:
            publisher, kind = PUBLISHERS[host]
            return EvidenceDraft(url, "", kind, publisher)
        above = host.partition(".")[2]
        host = "" if above in OF_OTHERS else above  # a department or an archive is not the site above it
    return None
