"""Whether an error means that a disk is full, fails or cannot be written, here or where the database is."""

import errno
import re

NUMBERS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})
WORDS = re.compile(
    "disk is full|disk I/O error|No space left|could not (extend|write)|readonly database|Read-only file", re.IGNORECASE
)


def lacks_room(error: BaseException | None) -> bool:
    """True if nothing can be written, by an error of the system or of a database's driver."""
    if isinstance(error, OSError):
        return error.errno in NUMBERS
    return WORDS.search(str(error)) is not None
