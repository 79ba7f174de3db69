"""Pages as trees. The HTML standard's parser takes longer than the site, so it reads only what is new in its shape."""

import re
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

import html5lib
from html5lib.constants import adjustSVGAttributes

VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}
SVG = "{http://www.w3.org/2000/svg}"
# What may be wrong in the text itself, whatever tags are around it.
ODD_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]|&(?!#?\w+;)")
Shape = tuple[int, str, tuple[str, ...]]


def parse(html: str) -> Element:
    """The page as a tree; an error of the HTML standard's parser fails the test.

    That parser reads each page in which a tag stands within others, or has attributes, as none did before; then
    the quick reader has to have understood the same.
    """
    quick = QuickReader()
    quick.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
    quick.close()
    if quick.is_whole and not quick.new and not ODD_TEXT.search(html):
        return quick.tree.close()
    tree = parse_by_standard(html)
    assert quick.is_whole, "a tag is not closed by its own end"
    assert plain(quick.tree.close()) == plain(tree)
    SHAPES.update(quick.new)
    return tree


def parse_by_standard(html: str) -> Element:
    tree: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    return tree


# The place of a tag within others, by the place of what is around it, its name and its attributes.
SHAPES: dict[Shape, int] = {}


class QuickReader(HTMLParser):
    """Reads what closes each of its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = TreeBuilder()
        self.open: list[tuple[str, int]] = [("", 0)]
        self.new: dict[Shape, int] = {}
        self.is_whole = True
        self.is_at_start = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_at_start = True
        around, place = self.open[-1]
        shape = place, tag, tuple(name for name, _ in attrs)
        own = SHAPES.get(shape) or self.new.setdefault(shape, len(SHAPES) + len(self.new) + 1)
        is_drawn = tag == "svg" or around.startswith(SVG)
        name = SVG + tag if is_drawn else tag
        self.tree.start(
            name, {adjustSVGAttributes.get(key, key) if is_drawn else key: value or "" for key, value in attrs}
        )
        if tag in VOID:
            self.tree.end(name)
        else:
            self.open.append((name, own))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        name = self.open[-1][0]
        if name.removeprefix(SVG) == tag:
            self.open.pop()
            self.tree.end(name)
        else:
            self.is_whole = False

    def handle_data(self, data: str) -> None:
        if self.lasttag in {"pre", "textarea"} and self.is_at_start:
            data = data.removeprefix("\n")
        self.is_at_start = False
        if self.open[-1][0]:
            self.tree.data(data)


def plain(element: Element) -> tuple[object, ...]:
    """All that a test reads of a tree; white space between words made single, where a reader would not see it."""
    text, tail = (" ".join((part or "").split()) for part in (element.text, element.tail))
    typed = element.text or "" if element.tag in {"pre", "textarea"} else text
    return element.tag, element.attrib, typed, tail, [plain(child) for child in element]
