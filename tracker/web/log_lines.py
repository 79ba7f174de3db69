"""What the site says on standard error: one line of JSON for each happening, in UTC, with who asked for what.

It names people by number, and pages by their name in the code: an address can hold the token of a link. No password,
no cookie and no network address is in it.
"""

import json
import logging
from datetime import UTC, datetime

from flask import g, has_request_context, request

LOUD = "tracker"


class Lines(logging.Formatter):
    """Writes a record as JSON; line breaks in it are escaped, so that nobody can make up a line."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "about": record.name,
            "what": record.getMessage(),
        }
        if has_request_context():
            actor = g.get("actor")
            said |= {"method": request.method, "page": request.endpoint}
            said |= {"person": actor.id, "request": actor.request_id} if actor else {}
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said)


def begin() -> None:
    """Let the tracker's own messages from "info" on, and the warnings of all else, go to standard error as lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    ours = logging.getLogger(LOUD)
    ours.handlers.clear()  # Flask adds one of its own, if it is asked first
    ours.setLevel(logging.INFO)
