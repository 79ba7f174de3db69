"""What changed between two versions of a record, and how to say it in a sentence."""

from collections.abc import Mapping

Values = Mapping[str, object]
MISSING = "nothing"
LONGEST_QUOTE = 160


def difference(before: Values, after: Values) -> tuple[dict[str, object], dict[str, object]]:
    """Answer the fields that differ, as they were and as they are."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def field_changes(before: Values | None, after: Values | None) -> list[str]:
    """Say each change of an edit: "title from “A” to “B”"."""
    before, after = before or {}, after or {}
    names = sorted(set(before) | set(after))
    return [f"{field_name(n)} from {shown(before.get(n))} to {shown(after.get(n))}" for n in names]


def field_name(name: str) -> str:
    """Answer "next step date" for "next_step_on"."""
    return (name.removesuffix("_on") + " date" if name.endswith("_on") else name).replace("_", " ").removesuffix(" id")


def shown(value: object) -> str:
    """Answer a value as a reader sees it in a sentence."""
    if value in (None, "", [], {}):
        return MISSING
    if isinstance(value, list):
        return ", ".join(shown(part) for part in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {part}" for name, part in value.items() if part not in (None, ""))
    text = str(value)
    return f"“{text[:LONGEST_QUOTE]}…”" if len(text) > LONGEST_QUOTE else f"“{text}”"


def in_full(value: object) -> str:
    """A value as text, nothing cut; empty for what is missing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            return "; ".join(f"{field_name(name)}: {in_full(part)}" for name, part in value.items() if in_full(part))
        case list():
            return (" | " if any(isinstance(part, dict | list) for part in value) else ", ").join(map(in_full, value))
    return str(value)
