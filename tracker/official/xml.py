"""XML of official records, read element by element in little memory.

Python's own expat does it. Declarations of a document type are refused, and with them all entities: no record that
we read has one. See decision record 0031.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

from tracker.official.fetching import Answer, Unreadable

CHUNK = 65536


class _RootSeen(Exception):
    """Raised to stop at the first element."""


def elements(answer: Answer, root: str, *tags: str) -> Iterator[ET.Element]:
    """Yield each element with one of these tags, whole, as soon as it ends; raises Unreadable.

    `root` is the tag that the document must have, with its namespace in braces.
    """
    try:
        yield from _elements(answer.path, root, tags)
    except Unreadable as error:
        answer.forget()
        raise Unreadable(f"{answer.address}: {error}") from None


def _elements(path: Path, root: str, tags: tuple[str, ...]) -> Iterator[ET.Element]:
    _check_root(path, root)
    try:
        events = ET.iterparse(path, events=("start", "end"))  # noqa: S314 (entities were refused above)
        _, top = next(events)
        for event, element in events:
            if event == "end" and element.tag in tags:
                yield element
                element.clear()
                top.clear()
    except ET.ParseError as error:
        raise Unreadable(f"It is no whole XML: {error}.") from None


def _check_root(path: Path, root: str) -> None:
    """Refuse another document than the expected one, and one that declares entities."""
    found: list[str] = []
    parser = expat.ParserCreate(namespace_separator="}")

    def start(name: str, _attributes: object) -> None:
        found.append("{" + name if "}" in name else name)
        raise _RootSeen

    def declare(*_: object) -> None:
        raise Unreadable("It declares a document type, as no record that we read does.")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = declare
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except _RootSeen:
        pass
    except expat.ExpatError as error:
        raise Unreadable(f"It is no XML: {error}.") from None
    if found != [root]:
        raise Unreadable(f"It is another document: {found[0].rpartition('}')[2] if found else 'empty'}.")
