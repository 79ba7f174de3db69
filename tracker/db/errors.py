"""What an error means: nothing can be written, it took too long, or nobody knows whether it was kept."""

import errno
import re

from sqlalchemy.exc import OperationalError

NUMBERS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})
WORDS = re.compile(
    "disk is full|disk I/O error|No space left|could not (extend|write)|readonly database|Read-only file", re.IGNORECASE
)
CANCELLED = "57014"


class Unsure(OperationalError):
    """Nobody can tell whether what was written has been kept."""


def lacks_room(error: BaseException | None) -> bool:
    """True if a disk is full, fails or cannot be written, here or where the database is."""
    if isinstance(error, OSError):
        return error.errno in NUMBERS
    return WORDS.search(str(error)) is not None


def took_too_long(error: BaseException | None) -> bool:
    """True if a database's driver says that a statement was stopped by its limit."""
    return getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT" or getattr(error, "sqlstate", "") == CANCELLED
