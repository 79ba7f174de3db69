"""The files of the law: laws, their links to asks, and the names that asks want to be put under sanctions."""

from typing import Any

from tracker.exports.columns import (
    ASK_SLUG,
    ASK_URL,
    LAW_URL,
    Column,
    Table,
    Type,
    choice,
    field,
    partial_date,
)
from tracker.rules.legislation import KINDS, Effect
from tracker.rules.official import TargetKind, TargetState


def _kind_label(row: Any) -> str:
    return KINDS.get(row.kind, KINDS["other"]) if row.kind else ""


LEGISLATION = Table(
    "legislation",
    "one law",
    (
        field("law_key", "Kind, year and number as in the law's address on this site", always=True),
        field("kind", "Kind of law (code of legislation.gov.uk where it has one)", always=True),
        Column("kind_label", "Kind of law (words)", _kind_label, is_always=True),
        field("year", "Year; for a bill the session"),
        field("number", "Number"),
        field("citation", "Usual citation"),
        field("title", "Title", always=True),
        field("address", "Official address", Type.WEB_ADDRESS),
        *partial_date("introduced_on", "When it was introduced"),
        *partial_date("enacted_on", "Royal assent, making or adoption"),
        *partial_date("lapsed_on", "When the bill fell"),
        field("becomes", "The law that the bill became (law_key)"),
        field("note", "A caution about the record", lines=True),
        LAW_URL,
        field("short_names", "What it is also called, separated by semicolons", Type.LIST),
    ),
    key=("law_key",),
)
LINKS = Table(
    "links",
    "one link between an ask and provisions of a law",
    (
        ASK_SLUG,
        field("law_key", "The law", always=True),
        field("citation", "The law's usual citation"),
        *choice("effect", "What it does for the ask", Effect),
        field("provisions", "Which provisions"),
        field("extent", "Where they extend, separated by semicolons", Type.LIST),
        *partial_date("in_force_on", "Since when they are in force; empty where not known"),
        field("note", "What they do, in words", lines=True),
        LAW_URL,
        ASK_URL,
        *partial_date("ended_on", "Since when they are no longer in force"),
    ),
    key=("ask_slug", "law_key", "provisions", "extent"),
    is_key_whole=False,
    references=("asks", "legislation"),
)
TARGETS = Table(
    "targets",
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
    references=("asks",),
)
