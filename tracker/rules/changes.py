"""How a field of a record and its value are put in words."""

from datetime import datetime

from tracker.rules.dates import PartialDate

MISSING = "nothing"
LONGEST_QUOTE = 160
# Fields that hold one of a few keys, such as "partly_met".
CODES = ("action", "before", "effect", "kind", "outcome", "publication", "result", "role", "status", "type")


def field_name(name: str) -> str:
    """Return "next step on" for "next_step_on", and "source" for "source_id"."""
    return name.removesuffix("_id").replace("_", " ")


def shown(value: object) -> str:
    """Return a value as a reader sees it in a sentence."""
    if value in (None, "", [], {}):
        return MISSING
    if isinstance(value, list):
        return ", ".join(shown(part) for part in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {part}" for name, part in value.items() if part not in (None, ""))
    text = str(value)
    return f"“{text[:LONGEST_QUOTE]}…”" if len(text) > LONGEST_QUOTE else f"“{text}”"


def in_full(value: object, name: str = "") -> str:
    """The value of a field as people read it, nothing cut; empty for what is missing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            parts = ((field_name(key), in_full(part, key)) for key, part in value.items())
            return "; ".join(f"{words}: {part}" for words, part in parts if part)
        case list():
            between = " | " if any(isinstance(part, dict | list) for part in value) else ", "
            return between.join(in_full(part, name) for part in value)
        case str() if name.endswith("_on"):
            return PartialDate(value).in_words
        case str() if name.endswith("_at"):
            return f"{datetime.fromisoformat(value):%d %B %Y, %H:%M} UTC".lstrip("0")
        case str() if name in CODES:
            return value.replace("_", " ")
        case int() if name.endswith("_id"):
            return f"number {value}"
    return str(value)
