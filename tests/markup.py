"""Pages as trees. The HTML standard's parser takes longer than the site, so it reads only what is new in its shape."""

import html as entities
import re
from functools import lru_cache
from xml.etree.ElementTree import Element, TreeBuilder

import html5lib
from html5lib.constants import adjustSVGAttributes

VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}
SVG = "{http://www.w3.org/2000/svg}"
# What may be wrong in the text itself, whatever tags are around it.
ODD_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]|&(?!#?\w+;)")
DOCTYPE = "<!doctype html>"
TAG = re.compile(r"""<(/?)([a-z][a-z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
ATTRIBUTE = re.compile(r"""\s*([^\s"'<>/=]+)(?:=(?:"([^"]*)"|'([^']*)'))?|\s*/?$""")
Shape = tuple[int, str, tuple[str, ...]]


def parse(html: str) -> Element:
    """The page as a tree; an error of the HTML standard's parser fails the test.

    That parser reads each page in which a tag stands within others, or has attributes, as none did before; then
    the quick reader has to have understood the same.
    """
    quick = QuickReader(html.replace("\r\n", "\n").replace("\r", "\n"))
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


@lru_cache(maxsize=10_000)
def attributes_of(text: str, is_drawn: bool) -> tuple[tuple[str, ...], dict[str, str]] | None:
    """The names in their order, and the attributes, inside a tag; None where it says something else too."""
    names, found, end = [], {}, 0
    spelt = adjustSVGAttributes if is_drawn else {}
    while end < len(text):
        part = ATTRIBUTE.match(text, end)
        if part is None:
            return None
        if part[1]:
            names.append(part[1].lower())
            found[spelt.get(names[-1], names[-1])] = entities.unescape(part[2] or part[3] or "")
        end = part.end()
    return tuple(names), found


class QuickReader:
    """Reads what closes each of its tags."""

    def __init__(self, html: str) -> None:
        self.tree = TreeBuilder()
        self.open: list[tuple[str, int]] = [("", 0)]
        self.new: dict[Shape, int] = {}
        self.is_whole = html[: len(DOCTYPE)].lower() == DOCTYPE
        end = len(DOCTYPE)
        while tag := TAG.search(html, end):
            self.read_text(html[end : tag.start()])
            end = tag.end()
            if tag[1]:
                self.close(tag[2])
            elif self.start(tag[2], tag[3]) and tag[2] in {"script", "style"}:
                begun, end = end, html.find("</", end)
                self.tree.data(html[begun:end])
            elif tag[2] in {"pre", "textarea"} and html.startswith("\n", end):
                end += 1
        self.read_text(html[end:])
        self.is_whole = self.is_whole and len(self.open) == 1

    def start(self, tag: str, inside: str) -> bool:
        """Open a tag; True if something stands in it."""
        around, place = self.open[-1]
        is_drawn = tag == "svg" or around.startswith(SVG)
        known = attributes_of(inside, is_drawn)
        self.is_whole = self.is_whole and known is not None
        names, attributes = known or ((), {})
        shape = place, tag, names
        own = SHAPES.get(shape) or self.new.setdefault(shape, len(SHAPES) + len(self.new) + 1)
        name = SVG + tag if is_drawn else tag
        self.tree.start(name, attributes)
        if tag in VOID or (is_drawn and inside.endswith("/")):
            self.tree.end(name)
            return False
        self.open.append((name, own))
        return True

    def close(self, tag: str) -> None:
        name = self.open[-1][0]
        if name.removeprefix(SVG) == tag:
            self.open.pop()
            self.tree.end(name)
        else:
            self.is_whole = False

    def read_text(self, text: str) -> None:
        self.is_whole = self.is_whole and "<" not in text
        if self.open[-1][0]:
            self.tree.data(entities.unescape(text) if "&" in text else text)


def plain(element: Element) -> tuple[object, ...]:
    """All that a test reads of a tree; white space between words made single, where a reader would not see it."""
    text, tail = (" ".join((part or "").split()) for part in (element.text, element.tail))
    typed = element.text or "" if element.tag in {"pre", "textarea"} else text
    return element.tag, element.attrib, typed, tail, [plain(child) for child in element]
