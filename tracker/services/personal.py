"""The names and e-mail addresses beside the log: committed to in its entries, held against them, erasable."""

import secrets
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tracker.models import PersonalDetail
from tracker.rules.chain import ERASED, SALT_BYTES, commitment, commitments_of


def commit_to(session: Session, person_id: int, value: str) -> str:
    """The commitment that stands in entries for this value of this person; kept with its salt from the first use on."""
    own = sa.select(PersonalDetail.commitment).where(PersonalDetail.person_id == person_id)
    if found := session.scalar(own.where(PersonalDetail.value == value)):
        return found
    salt = secrets.token_hex(SALT_BYTES)
    made = commitment(salt, value)
    session.add(PersonalDetail(person_id=person_id, value=value, salt=salt, commitment=made))
    return made


def opened(session: Session) -> dict[str, tuple[str, str]]:
    """By commitment, the salt and the value of all details that are still kept: a few for each member of staff."""
    details = session.execute(sa.select(PersonalDetail.commitment, PersonalDetail.salt, PersonalDetail.value))
    return {row.commitment: (row.salt, row.value) for row in details}


class Comparison:
    """Holds the details against the entries that commit to them, entry by entry."""

    def __init__(self, session: Session) -> None:
        self._details = {row.commitment: row for row in session.scalars(sa.select(PersonalDetail))}
        self._changed = {made for made, row in self._details.items() if not _fits(row)}
        self._seen: set[str] = set()
        self._missing: dict[int, int] = {}
        self._erased: dict[int, int] = {}
        self._wrong: tuple[int | None, str] | None = None

    def take(self, entry: Mapping[str, Any]) -> None:
        """Look at the next entry."""
        number = entry["id"]
        for person_id, made in commitments_of(entry):
            detail = self._details.get(made)
            if detail is None:
                self._missing.setdefault(person_id, number)
            elif detail.person_id != person_id or made in self._changed:
                self._wrong = self._wrong or (number, "names a person otherwise than when it was written")
            self._seen.add(made)
        if (entry["subject"], entry["action"]) == ("person", ERASED):
            self._erased[entry["subject_id"]] = number
            self._missing.pop(entry["subject_id"], None)

    def find_fault(self) -> tuple[int | None, str] | None:
        """What is wrong and with which entry, once all were looked at; None when all is well."""
        if self._wrong:
            return self._wrong
        for person_id, number in self._missing.items():
            return number, f"lacks a detail of person {person_id}, whom no later entry erased"
        for made, detail in self._details.items():
            if detail.person_id in self._erased:
                return self._erased[detail.person_id], "erased a person, but a detail of them is still kept"
            if made not in self._seen:
                return None, f"that a detail of person {detail.person_id} belongs to is missing"
        return None


def _fits(detail: PersonalDetail) -> bool:
    try:
        return commitment(detail.salt, detail.value) == detail.commitment and len(detail.salt) == 2 * SALT_BYTES
    except ValueError:
        return False
