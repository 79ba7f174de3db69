"""What we know already about a page on the web, so that nobody types its title, publisher and date twice."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Evidence, Legislation, Source
from tracker.rules.citations import parse_address
from tracker.rules.updates import EvidenceDraft, EvidenceType

LAW_PUBLISHER = "legislation.gov.uk"


def find_page(session: Session, url: str) -> EvidenceDraft | None:
    """What the newest evidence with this address says of it; else the source or the law that stands there."""
    spellings = spellings_of(url)
    evidence = session.scalar(select(Evidence).where(Evidence.url.in_(spellings)).order_by(Evidence.id.desc()).limit(1))
    if evidence:
        return EvidenceDraft(
            url, evidence.title, evidence.type, evidence.publisher, evidence.published_on, evidence.archived_url
        )
    source = session.scalar(select(Source).where(Source.url.in_(spellings)).order_by(Source.id).limit(1))
    if source:
        return EvidenceDraft(url, source.title, None, source.publisher, source.published_on, source.archived_url)
    return _find_law(session, url, spellings)


def _find_law(session: Session, url: str, spellings: list[str]) -> EvidenceDraft | None:
    reference = parse_address(url)
    there = Legislation.identity == reference.identity if reference else Legislation.address.in_(spellings)
    law = session.scalar(select(Legislation).where(there).limit(1))
    if law is None:
        return None
    publisher = LAW_PUBLISHER if reference else ""
    return EvidenceDraft(url, law.title, EvidenceType.OFFICIAL_RECORD, publisher, law.enacted_on or law.introduced_on)


def spellings_of(url: str) -> list[str]:
    """The address with and without a slash at its end and an anchor, by either scheme."""
    plain = url.partition("#")[0].rstrip("/")
    rest = plain.partition("://")[2]
    return [url, *(f"{scheme}://{rest}{end}" for scheme in ("https", "http") for end in ("", "/"))]
