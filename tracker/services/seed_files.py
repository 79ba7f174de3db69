"""Reading a folder of seeds: TOML and CSV files as typed drafts, each with its place in its file."""

import re
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from tracker.exports.csv import read as read_csv
from tracker.rules.dates import PartialDate
from tracker.rules.text import clean

HEADER = re.compile(r"\[\[([A-Za-z_.]+)\]\]")
KEY = re.compile(r"([A-Za-z_]+)\s*=")
LISTS = {"sources", "tests", "links", "updates", "updates.evidence"}
Raw = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where something stands: a file and a line, and the lines of the keys below it."""

    file: str
    line: int
    keys: Mapping[str, int]

    def at(self, key: str | None) -> str:
        """Answer "asks/x.toml, line 12" for the line of a key, or for the record's first line."""
        return f"{self.file}, line {self.keys.get(key or '', self.line)}"


@dataclass(frozen=True)
class Found:
    """A record as it stands in a file. `inner` holds the records below it, by the name of their list."""

    raw: Raw
    place: Place
    inner: Mapping[str, list["Found"]]

    def without(self, *keys: str) -> Raw:
        """The record less the keys that the loader reads by itself."""
        return {key: value for key, value in self.raw.items() if key not in keys}

    def text(self, key: str, default: str | None = None) -> str:
        """The text under a key; raises SeedError where it is missing, without a default, or is no text."""
        value = self.raw.get(key, default)
        if not isinstance(value, str):
            what = "must be text in quotation marks" if key in self.raw else "is missing"
            raise SeedError([f"{self.place.at(key)}: “{key}” {what}."])
        return value

    def is_published(self, default: str) -> bool:
        """Whether the record is for the public; raises SeedError for a word that is neither yes nor no."""
        value = self.text("publication", default)
        if value not in {"published", "draft"}:
            raise SeedError([f"{self.place.at('publication')}: publication: must be one of published, draft"])
        return value == "published"


class SeedError(Exception):
    """The seeds are refused whole; `problems` says for each fault where it stands and what it is."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_toml(path: Path, name: str) -> Found:
    """Read a TOML file with its lists of tables, one level deep and one below."""
    text = _text(path, name)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SeedError([f"{name}: {error}"]) from None
    places = _places(text, name)
    return _found(raw, next(places[""]), places, "")


def read_table(path: Path, name: str) -> list[Found]:
    """Read a CSV file, one record a row; empty cells are left out."""
    try:
        rows = list(read_csv(_text(path, name)))
    except ValueError as error:
        raise SeedError([f"{name}, {error}"]) from None
    return [Found({key: cell for key, cell in row.items() if cell}, Place(name, line, {}), {}) for line, row in rows]


Draft = TypeVar("Draft")


def typed(kind: type[Draft], raw: Raw, place: Place, also: Mapping[str, Any]) -> Draft:
    """Make a draft of a raw record; `also` gives the fields that the file names in another way.

    Raises SeedError for a missing, unknown or ill-formed key.
    """
    problems, values = [], dict(also)
    hints = typing.get_type_hints(kind)
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    for key, value in raw.items():
        if key not in known or key in also:
            problems.append(f"{place.at(key)}: “{key}” is not known here.")
            continue
        try:
            values[key] = _convert(value, hints[key])
        except (ValueError, TypeError) as error:
            problems.append(f"{place.at(key)}: {key}: {error}")
    for name, field in known.items():
        if name not in values and name not in raw and field.default is MISSING:
            problems.append(f"{place.at(None)}: “{name}” is missing.")
    if problems:
        raise SeedError(problems)
    return kind(**values)


def require_unique(records: list[Found]) -> None:
    """Raise SeedError for a record whose key stands above it already."""
    keys = [found.raw.get("key") for found in records]
    problems = [
        f"{found.place.at('key')}: there is a “{key}” above already."
        for number, (found, key) in enumerate(zip(records, keys, strict=True))
        if key is not None and key in keys[:number]
    ]
    if problems:
        raise SeedError(problems)


def _convert(value: object, hint: Any) -> object:
    """Turn what TOML or CSV gives into what a draft's field holds."""
    if isinstance(hint, types.UnionType):
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise TypeError("must be a list")
        return tuple(clean(_string(part)) for part in value)
    if hint is int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError("must be a whole number")
        return value
    if hint is PartialDate:
        return PartialDate.parse(_string(value))
    if issubclass(hint, StrEnum):
        allowed = [member.value for member in hint]
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return hint(value)
    return clean(_string(value))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("must be text in quotation marks")
    return value


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SeedError([f"{name}: there is no such file."]) from None
    except UnicodeDecodeError as error:
        raise SeedError([f"{name}: is not UTF-8 text (byte {error.start})."]) from None


def _places(text: str, name: str) -> dict[str, Iterator[Place]]:
    """For each list of tables the places of its tables in order; "" is the top of the file."""
    found: dict[str, list[Place]] = {"": [Place(name, 1, {})]}
    keys = top = dict[str, int]()
    found[""][0] = Place(name, 1, keys)
    for number, line in enumerate(text.splitlines(), 1):
        if header := HEADER.match(line.strip()):
            keys = {}
            top.setdefault(header[1], number)
            found.setdefault(header[1], []).append(Place(name, number, keys))
        elif key := KEY.match(line.strip()):
            keys.setdefault(key[1], number)
    return {path: iter(places) for path, places in found.items()}


def _found(raw: Raw, place: Place, places: dict[str, Iterator[Place]], path: str) -> Found:
    """Split a table into its own keys and the lists of tables below it, in the order of the file."""
    inner: dict[str, list[Found]] = {}
    own = {}
    for key, value in raw.items():
        below = f"{path}.{key}".lstrip(".")
        if below in LISTS and isinstance(value, list):
            lines = places.get(below, iter(()))
            inner[key] = [_found(part, next(lines, place), places, below) for part in value]
        else:
            own[key] = value
    return Found(own, place, inner)
