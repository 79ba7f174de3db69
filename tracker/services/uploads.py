"""Files that wait between the two steps of an import: kept for the person who uploaded them, for two hours at most.

They are no part of the record, so the log does not tell of them. Once they are brought in, it tells of each row, and
at the end of these of the import as a whole.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from textwrap import shorten

import sqlalchemy as sa

from tracker.models import Upload
from tracker.rules.people import Action
from tracker.services.change import Change
from tracker.services.events import Subject, record

LIFETIME = timedelta(hours=2)
MOST_WAITING = 5
NAMES_LENGTH = 200
Files = Sequence[tuple[str, bytes]]


def keep(change: Change, files: Files, reason: str) -> Upload:
    """Keep files for a person; those that waited too long go, and of the person's own all but the newest few."""
    change.require(Action.PUBLISH)
    old = sa.delete(Upload).where(Upload.uploaded_at < change.at - LIFETIME)
    own = sa.select(Upload.id).where(Upload.person_id == change.actor.id).order_by(Upload.id.desc())
    change.session.execute(old)
    surplus = change.session.scalars(own.offset(MOST_WAITING - 1)).all()
    change.session.execute(sa.delete(Upload).where(Upload.id.in_(surplus)))
    packed = _pack(files)
    digest = hashlib.sha256(packed).hexdigest()
    upload = Upload(person_id=change.actor.id, uploaded_at=change.at, sha256=digest, reason=reason, packed=packed)
    change.session.add(upload)
    change.session.flush()
    return upload


def find(change: Change, upload_id: int) -> Upload | None:
    """Return what the person uploaded, if it still waits."""
    change.require(Action.PUBLISH)
    fresh = sa.select(Upload).where(Upload.id == upload_id, Upload.uploaded_at >= change.at - LIFETIME)
    return change.session.scalar(fresh.where(Upload.person_id == change.actor.id))


def files_of(upload: Upload) -> Files:
    """The files as they were uploaded."""
    with zipfile.ZipFile(io.BytesIO(upload.packed)) as packed:
        return [(part.filename.partition("/")[2], packed.read(part)) for part in packed.infolist()]


def drop(change: Change, upload: Upload) -> None:
    """Keep the files no longer."""
    change.require(Action.PUBLISH)
    change.session.delete(upload)


def log_import(
    change: Change, files: Sequence[str], added: Mapping[str, int], changed: Mapping[str, int], reason: str
) -> None:
    """Sum up in the log what came out of files, by table, in this transaction; it is no record, so its number is 0."""
    change.require(Action.PUBLISH)
    tables = [f"{name}: {added.get(name, 0)} added, {changed.get(name, 0)} changed" for name in {**added, **changed}]
    after = {"rows_added": sum(added.values()), "rows_changed": sum(changed.values()), "tables": tables}
    name = shorten("; ".join(files), NAMES_LENGTH, placeholder="…")
    record(change, "brought in", Subject("spreadsheet", 0, name), after=after, reason=reason)


def _pack(files: Files) -> bytes:
    """All files as one; numbered, since two may have the same name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(files):
            archive.writestr(zipfile.ZipInfo(f"{number}/{name}"), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
