"""XML of official records, read element by element in little memory.

Declarations of a document type are refused, and with them all entities: no record that we read has one. See decision
record 0031.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from tracker.official.fetching import Answer, Unreadable

METADATA = "{http://www.legislation.gov.uk/namespaces/metadata}"
# All that may stand before the first element.
BEGINNING = re.compile(rb"(\xef\xbb\xbf)?\s*(?>(<\?.*?\?>|<!--.*?-->)\s*)*+<[A-Za-z]", re.DOTALL)
LONGEST_BEGINNING = 65536


def elements(answer: Answer, root: str, *tags: str) -> Iterator[ET.Element]:
    """Yield each element with one of these tags, whole, as soon as it ends; raises Unreadable.

    `root` is the tag that the document must have, with its namespace in braces.
    """
    try:
        yield from _elements(answer, root, tags)
    except (ET.ParseError, LookupError, ValueError, Unreadable) as error:  # the middle two: an encoding is not known
        answer.forget()
        raise Unreadable(f"{answer.address} is no whole XML of this record: {error}.") from None


def _elements(answer: Answer, root: str, tags: tuple[str, ...]) -> Iterator[ET.Element]:
    with answer.path.open("rb") as file:
        beginning = file.read(LONGEST_BEGINNING)
        if not BEGINNING.match(beginning):
            raise Unreadable("it declares a document type" if b"<!DOCTYPE" in beginning else "it begins otherwise")
        file.seek(0)
        events = ET.iterparse(file, events=("start", "end"))  # noqa: S314 (entities were refused above)
        _, top = next(events)
        if top.tag != root:
            raise Unreadable(f"it is a document of the kind “{top.tag.rpartition('}')[2]}”")
        for event, element in events:
            if event == "end" and element.tag in tags:
                yield element
                element.clear()
                top.clear()
