"""The file of the names that asks want to be put under sanctions, of which it has those that are shown."""

from tracker.exports.columns import Table, Type, choice, field, partial_date
from tracker.exports.naming import ASK_SLUG, ASK_URL, OF_ASK
from tracker.rules.targets import TargetKind, TargetState

TARGETS = Table(
    "targets",
    "Target",
    "one name that an ask wants to be put under sanctions, where we show it, with its entry on the UK Sanctions List",
    (
        ASK_SLUG,
        field("target_number", "Its number in the ask, which it keeps", Type.NUMBER, always=True),
        field("name", "The name as the source has it", always=True),
        *choice("kind", "What it is", TargetKind),
        *choice("state", "What a person found on the list; being asked for is not a finding", TargetState),
        field("unique_id", "The entry's unique ID on the UK Sanctions List"),
        *partial_date("listed_on", "Since when it is listed, where the list says so"),
        *partial_date("removed_on", "The day of the first list without it"),
        field("regime", "The regulations under which it is listed"),
        field("law_key", "Those regulations here, where we have them (law_key)"),
        field("measures", "The measures on it, separated by semicolons"),
        ASK_URL,
    ),
    key=("ask_slug", "target_number"),
    references=(OF_ASK,),
)
