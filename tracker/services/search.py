"""The folded text in which the public search looks."""

from tracker.models import Ask
from tracker.rules.text import fold


def index_for_search(ask: Ask) -> None:
    """Bring an ask's search text up to date with its wording and its reason."""
    ask.search_text = fold("\n".join((ask.title, ask.summary, ask.quote, ask.status_reason)))
