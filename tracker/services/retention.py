"""How long what is known of people's devices is kept. docs/security.md says the same to people."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import AccessLink, SignInFailure, StaffSession
from tracker.services.sessions import KEEP_FAILURES, KEEP_SESSIONS


def tidy(session: Session, at: datetime) -> int:
    """Delete old sessions with the browsers' names, old failures with the addresses' hashes, and expired links.

    Answers how many rows went. Signing in does the same, kind by kind; this is for sites where nobody signs in.
    """
    old = (
        sa.delete(StaffSession).where(StaffSession.seen_at < at - KEEP_SESSIONS),
        sa.delete(SignInFailure).where(SignInFailure.failed_at < at - KEEP_FAILURES),
        sa.delete(AccessLink).where(AccessLink.expires_at <= at),
    )
    return sum(session.connection().execute(statement).rowcount for statement in old)
