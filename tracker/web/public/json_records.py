"""An ask, a law and the statuses as JSON, each with all that belongs to it."""

from collections import defaultdict
from collections.abc import Iterable

from tracker.exports.columns import Table, cell
from tracker.exports.json import Record, as_object
from tracker.exports.laws import LEGISLATION, LINKS, TARGETS
from tracker.exports.tables import ASKS, EVIDENCE, REPLIES, RESULTS, TESTS, UPDATES
from tracker.queries.public.rows import WholeAsk, WholeLaw
from tracker.queries.public.tables import Row
from tracker.rules.status import DEFINITIONS, STATUSES_OF

STATUSES: Record = {
    "families": [
        {"family": family.value, "label": family.label, "statuses": [status.value for status in statuses]}
        for family, statuses in STATUSES_OF.items()
    ],
    "statuses": [
        {
            "status": status.value,
            "status_label": definition.label,
            "family": definition.family.value,
            "family_label": definition.family.label,
            "means": definition.means,
            "does_not_mean": definition.does_not_mean,
            "takes": definition.takes,
        }
        for status, definition in DEFINITIONS.items()
    ],
}


def ask(found: WholeAsk, site_url: str) -> Record:
    """An ask with tests, links with their laws, story with evidence and results, replies, targets, ended disputes."""
    evidence, results = _by_update(EVIDENCE, found.evidence, site_url), _by_update(RESULTS, found.results, site_url)
    return as_object(ASKS, found.ask, site_url) | {
        "is_archived": found.is_archived,
        "asked_elsewhere": [same.slug for same in found.same],
        "tests": [as_object(TESTS, row, site_url) for row in found.tests],
        "links": [
            as_object(LINKS, row, site_url) | {"law": as_object(LEGISLATION, found.laws[row.law_key], site_url)}
            for row in found.links
        ],
        "updates": [
            as_object(UPDATES, row, site_url)
            | {"evidence": evidence[row.update_key], "results": results[row.update_key]}
            for row in found.updates
        ],
        "replies": [as_object(REPLIES, row, site_url) for row in found.replies],
        "ended_disputes": [
            {"since": it.since.text, "about": it.about, "ended_at": cell(it.ended_at, ""), "outcome": it.outcome}
            for it in found.ended_disputes
        ],
        "targets": [as_object(TARGETS, row, site_url) for row in found.targets],
    }


def law(found: WholeLaw, site_url: str) -> Record:
    """A law with the bills that it was and some of its links to asks."""
    return as_object(LEGISLATION, found.law, site_url) | {
        "is_archived": found.is_archived,
        "was": list(found.was),
        "links": [as_object(LINKS, row, site_url) for row in found.links.rows],
    }


def _by_update(table: Table, rows: Iterable[Row], site_url: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        found[row.update_key].append(as_object(table, row, site_url))
    return found
