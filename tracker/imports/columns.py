"""Which columns of a file may be filled in; all others say what the tracker works out by itself."""

from collections.abc import Mapping, Sequence

from tracker.exports.columns import Column
from tracker.exports.tables import TABLES

ASK_WORDING = (
    "title kind topic summary quote quote_place reading jurisdictions responsible_bodies government_position "
    "next_step next_step_on first_deadline current_deadline deadline_note"
)
LAW = "kind year number citation title address introduced_on enacted_on lapsed_on becomes note"
# In the order in which they are taken in: what is named comes before what names it. Replies and sources
# are only read: both are entered by hand.
EDITABLE: Mapping[str, frozenset[str]] = {
    name: frozenset(columns.split())
    for name, columns in {
        "legislation": LAW,
        "asks": ASK_WORDING,
        "tests": "label before reviewed_on",
        "links": "effect in_force_on note",
        "updates": "kind happened_on text status reason corrects superseded_by",
        "evidence": "url title publisher published_on type archived_url quote note",
        "results": "result",
        "replies": "",
        "sources": "",
    }.items()
}
# A new ask names its source by these.
NAMES_SOURCE = ("source_title", "source_url", "source_key")


def fillable() -> dict[str, Sequence[Column]]:
    """The columns of each table that a person may fill in, in the order of the tables' declarations."""
    found: dict[str, Sequence[Column]] = {}
    for name, table in TABLES.items():
        if not EDITABLE[name]:
            continue
        wanted = {*table.key, *EDITABLE[name], *(NAMES_SOURCE if name == "asks" else ())}
        found[name] = [column for column in table.columns if column.name in wanted]
    return found
