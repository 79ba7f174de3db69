"""Forms as pages show them, filled in plausibly, and every odd way of sending one of their fields."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode, urljoin
from xml.etree.ElementTree import Element

from tests.browser import Page
from tests.page_checks import fields, text_of
from tests.site import ED, PASSWORD, email_of

TAG = "<img src=x onerror=alert(1)>"
ODD_TEXT = {
    "blank": " \t ", "short": "x", "long": "W" * 5000, "very long": "é " * 40_000, "accents": "Škoda é e\u0301 ﬁ",
    "NUL": "a\x00b", "escape": "\x1b[2J", "C1": "a\x9bb", "noncharacter": "a\ufffe\U0001ffff", "surrogate": "\ud800",
    "half pair": "a\udc00\ud800b", "bidi": "\u202e\u2066evil", "zero width": "\u200b\u200d\ufeff", "emoji": "👨‍👩‍👧🧾",
    "lines": "a\r\nX-Evil: 1\r\n\r\n<b>", "formula": "=HYPERLINK(1)", "at": "@SUM(1+1)|cmd", "minus": "-1+1",
    "tag": TAG, "closed tag": f"</title></textarea></select>\"'>{TAG}", "entity": "&lt;&#0;&amp",
    "comment": "<!--",
    "SQL": "'; DROP TABLE ask; --", "like": "%_\\%", "format": "%s%n{0}{x.__class__}%(a)s", "template": "{{7*7}}{%x%}",
    "path": "../../etc/passwd\\..", "encoded": "%00%0d%0a%ZZ", "words": "None", "JSON": '{"a":[1,null]}',
}  # fmt: skip
ODD_NUMBERS = {
    "zero": "0", "negative": "-1", "nought first": "007", "plus": "+1", "spaced": " 1 ", "underscore": "1_0",
    "other digits": "１٢", "fraction": "1.5", "power": "1e9", "not a number": "NaN", "infinite": "-Infinity",
    "31 bits": "2147483648", "63 bits": str(2**63), "64 bits": str(2**64), "many digits": "9" * 5000, "hex": "0x1F",
}  # fmt: skip
ODD_DAYS = {
    "day nought": "0000-00-00", "first day": "0001-01-01", "last day": "9999-12-31", "no day": "2019-02-30",
    "five digits": "12019-01-01", "month": "2019-13", "American": "02/30/2019", "words of a day": "31 June",
    "instant": "2019-01-01T00:00:00+99:99",
}  # fmt: skip
ODD_ADDRESSES = {
    "bracket": "http://[evil", "no host": "https://", "script": "javascript:alert(1)", "other script": "JaVa\tscript:1",
    "user": "http://a:b@c@d:99999/", "port": "http://x:port/", "two slashes": "//evil.example", "file": "file:///etc",
    "backslash": "/\\evil.example", "data": "data:text/html,<b>", "name": "http://\u2024.\u3002/", "at sign": "@",
    "mail": "a@[::",
}  # fmt: skip
ODD = ODD_TEXT | ODD_NUMBERS | ODD_DAYS | ODD_ADDRESSES
SHEET = "ask_slug,next_step\r\nno-constructive-engagement,A vote\r\n"
PLAUSIBLE = {"password": PASSWORD, "current": PASSWORD, "code": "123456", "happened_on": "2020-03-04"}


class Part(NamedTuple):
    """One field of a form as it is sent; with a file name it is a file."""

    name: str
    value: str
    file: str = ""


@dataclass(frozen=True)
class Form:
    """What one button of a page sends when everything that was left empty is filled in."""

    method: str
    action: str
    button: str
    parts: tuple[Part, ...]
    is_multipart: bool

    @property
    def kind(self) -> tuple[str, ...]:
        """Alike for the forms that do the same with other records."""
        names = sorted({re.sub(r"\d+", "", part.name) for part in self.parts})
        return (self.method, re.sub(r"\d+", "", self.action), re.sub(r"\d+", "", self.button), *names)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(part.name for part in self.parts))

    def odd(self, name: str, way: str) -> "Form":
        """The same form with one field sent in one of the WAYS."""
        others = tuple(part for part in self.parts if part.name != name)
        own = tuple(part for part in self.parts if part.name == name)
        first = own[0]
        ways: dict[str, tuple[Part, ...]] = {
            "missing": (),
            "empty": (first._replace(value="", file=""),),
            "doubled": (*own, *own),
            "two": (*own, Part(name, "x")),
            "list": (first._replace(name=f"{name}[]"),),
            "index": (first._replace(name=f"{name}[0]"),),
            "block": (first._replace(name=f"{name}-0"), first._replace(name=f"{name}-{'9' * 30}")),
            "kind": (first._replace(file="" if first.file else "a.csv"),),  # a file for text, text for a file
        }
        sent = ways[way] if way in ways else (first._replace(value=ODD[way]),)
        return replace(self, parts=(*others, *sent), is_multipart=self.is_multipart or way == "kind")

    @property
    def body(self) -> dict[str, object]:
        """For the test client; a lone surrogate is sent as the bytes that it would have."""
        if not self.is_multipart:
            pairs = [(_raw(part.name), _raw(part.value)) for part in self.parts]
            return {"data": urlencode(pairs).encode(), "content_type": "application/x-www-form-urlencoded"}
        parts = []
        for part in self.parts:
            name = re.sub(r'[\r\n"]', "?", part.name)
            file = f'; filename="{part.file}"\r\nContent-Type: text/csv' if part.file else ""
            parts.append(_raw(f'--cut\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{part.value}\r\n'))
        return {"data": b"".join(parts) + b"--cut--\r\n", "content_type": "multipart/form-data; boundary=cut"}

    @property
    def query(self) -> str:
        """What a form of the method GET adds to its address."""
        return urlencode([(_raw(part.name), _raw(part.value)) for part in self.parts])


WAYS = ["missing", "empty", "doubled", "two", "list", "index", "block", "kind", *ODD]


def forms_of(page: Page) -> Iterator[Form]:
    """One for each button of each form of the page."""
    for form in page.tree.iter("form"):
        shown = list(fields(form))
        parts = tuple(_filled(shown))
        address = urljoin(page.path, form.get("action") or page.path)
        for button in form.iter("button"):
            pressed = (Part(button.get("name", ""), button.get("value", "")),) if button.get("name") else ()
            is_multipart = form.get("enctype") == "multipart/form-data"
            yield Form(form.get("method", "get").upper(), address, text_of(button), parts + pressed, is_multipart)


def _filled(shown: list[Element]) -> Iterator[Part]:
    is_door = any(element.get("type") == "password" for element in shown)
    chosen: set[str] = set()
    for element in shown:
        name, kind = element.get("name", ""), element.get("type", "text")
        if element.tag == "select":
            options = list(element.iter("option"))
            selected = [o for o in options if "selected" in o.attrib] or [o for o in options if o.get("value")][:1]
            yield from (Part(name, option.get("value", "")) for option in selected)
        elif element.tag == "textarea":
            yield Part(name, "".join(element.itertext()).replace("\n", "\r\n") or "Some words.")
        elif kind in {"checkbox", "radio"}:
            if name not in chosen:  # the first of its kind
                yield Part(name, element.get("value", "on"))
            chosen.add(name)
        elif kind == "file":
            yield Part(name, SHEET, "asks.csv")
        else:
            yield Part(name, element.get("value") or ("" if kind == "hidden" else _plausible(name, kind, is_door)))


def _plausible(name: str, kind: str, is_door: bool) -> str:
    if name in PLAUSIBLE:
        return PLAUSIBLE[name]
    if kind == "email" or name == "email":
        return email_of(ED) if is_door else "new@example.org"
    if kind == "url" or name.endswith(("url", "address")):
        return "https://example.org/page"
    if name.endswith("_on"):
        return "2020-03-04"
    return "90" if kind == "number" or name.endswith("days") else "Some words"


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
