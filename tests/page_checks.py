"""What every answer of the site must have, whatever it says: checked by the test browser for each one."""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from xml.etree.ElementTree import Element

from werkzeug.datastructures import Headers

from tests.markup import parse
from tracker.exports.badge import STYLE_HASH
from tracker.face import Face
from tracker.web.build import style_hash, stylesheets

OWN_STYLES = " ".join(f"'{style_hash(sheet)}'" for sheet in stylesheets(Face()).values())
OUR_STYLES = re.compile(r"(?<='self' )'sha256-[\w+/]{43}=' 'sha256-[\w+/]{43}='")

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'self' {OWN_STYLES}; "
        "img-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# What other sites may show inside their own pages; all else refuses.
EMBEDDED = re.compile(r"/asks/[a-z0-9-]+/(card|badge\.svg|picture\.png)(\?.*)?")
VIEWER_TYPES = {"hidden", "submit", "button", "reset"}
WITHIN_A_LINE = {"a", "bdi", "strong", "time", "q", "cite", "b", "em"}
REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage")


def check_headers(path: str, status: int, headers: Headers) -> None:
    """The security headers stand on every answer; only the staff area sets cookies and is never stored.

    "Not modified" has only what may differ from the answer that the reader has: RFC 9110, 15.4.5.
    """
    if status == 304:
        assert set(headers.keys()) == {"ETag", "Cache-Control", "Vary"}
        return
    headers = Headers(headers)
    if headers.get("Content-Security-Policy"):  # a site in other colours has other stylesheets
        headers["Content-Security-Policy"] = OUR_STYLES.sub(OWN_STYLES, headers["Content-Security-Policy"])
    embedded = EMBEDDED.fullmatch(path) if status == 200 and "Allow" not in headers else None
    for name, value in expected_headers(embedded[1] if embedded else "").items():
        assert headers.get(name) == value, f"{path}: {name} is {headers.get(name)!r}"
    is_shared = "Access-Control-Allow-Origin" in headers  # with scripts of other sites: no page is
    is_for_others = is_shared or embedded
    assert headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if is_for_others else "same-origin"), path
    is_page = status < 300 and "text/html" in headers.get("Content-Type", "")
    assert not (is_shared and (is_page or path.startswith("/staff"))), path
    assert headers.get("Permissions-Policy"), f"{path}: no Permissions-Policy"
    assert headers.get("Cache-Control"), f"{path}: no Cache-Control"
    is_staff = path.startswith("/staff")
    if is_staff or status >= 400:
        assert headers["Cache-Control"] == "no-store", f"{path}: a cache may keep this"
    assert is_staff or "Set-Cookie" not in headers, f"{path}: a public page sets a cookie"


def expected_headers(embedded: str) -> Mapping[str, str | None]:
    """The security headers of an answer; `embedded` is the last part of an address that others may embed."""
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    if embedded == "card":
        framed = policy.replace("frame-ancestors 'none'", "frame-ancestors *")
        return SECURITY_HEADERS | {"Content-Security-Policy": framed, "X-Frame-Options": None}
    if embedded == "badge.svg":
        style = f"style-src 'sha256-{STYLE_HASH}'"
        framed = f"default-src 'none'; {style}; frame-ancestors *"
        return SECURITY_HEADERS | {"Content-Security-Policy": framed, "X-Frame-Options": None}
    return SECURITY_HEADERS


@lru_cache(maxsize=100)
def checked(html: str) -> Element:
    """The page as a tree, whole; the public pages are asked for again and again, and read here once."""
    tree = parse(html)
    check_page(tree)
    return tree


def text_of(element: Element) -> str:
    """The text inside an element, white space made single; only words within a line of text run together."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: Element) -> Iterator[str]:
    gap = "" if element.tag in WITHIN_A_LINE else " "
    yield gap + (element.text or "")
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""
    yield gap


def classes(element: Element) -> list[str]:
    return element.get("class", "").split()


def check_page(tree: Element) -> None:
    """What makes a page whole: language, title, heading, labels, ids that exist once, nothing that runs."""
    problems = [
        *_frame(tree), *_ids(tree), *_errors(tree), *_fields(tree), *_names(tree), *_running(tree), *_resources(tree),
        *_forms(tree), *_times(tree),
    ]  # fmt: skip
    assert not problems, "\n".join(problems)


def _times(tree: Element) -> Iterator[str]:
    """HTML knows thousandths of a second, and no page needs them."""
    for element in tree.iter("time"):
        if not re.fullmatch(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d)?\+00:00)?)?)?", element.get("datetime", "")):
            yield f"time is {element.get('datetime')!r}"


def _frame(tree: Element) -> Iterator[str]:
    if tree.get("lang") != "en-GB":
        yield f"lang is {tree.get('lang')!r}"
    titles = [text_of(title) for title in tree.findall("head/title")]
    if len(titles) != 1 or not titles[0].partition(" – ")[0].strip() or " – " not in titles[0]:
        yield f"titles: {titles}"
    headings = [text_of(heading) for heading in tree.iter("h1")]
    if len(headings) != 1 or not headings[0]:
        yield f"h1: {headings}"
    if len(list(tree.iter("main"))) != 1:
        yield "not exactly one main"
    if not any(meta.get("name") == "viewport" for meta in tree.iter("meta")):
        yield "no viewport"


def _ids(tree: Element) -> Iterator[str]:
    ids = Counter(element.get("id", "") for element in tree.iter() if "id" in element.attrib)
    yield from (f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1 or not name)
    for element in (element for element in tree.iter() if element.attrib):
        wanted = " ".join(element.get(name, "") for name in REFERENCES).split()
        if element.tag == "label":
            wanted.append(element.get("for", ""))
        href = element.get("href", "")
        if element.tag == "a" and href.startswith("#"):
            wanted.append(href[1:])
        yield from (f"{element.tag} names the id {name!r}, which is not there" for name in wanted if name not in ids)


def _errors(tree: Element) -> Iterator[str]:
    """What is wrong with a form is listed as the page shows its fields."""
    ids = [element.get("id", "") for element in tree.iter()]
    for box in (box for box in tree.iter("div") if "error-summary" in classes(box)):
        places = [ids.index(link.get("href", "#")[1:]) for link in box.iter("a") if link.get("href", "")[1:] in ids]
        if places != sorted(places):
            yield f"errors in another order than their fields: {[ids[place] for place in places]}"


def _fields(tree: Element) -> Iterator[str]:
    labels = {label.get("for"): text_of(label) for label in tree.iter("label")}
    for field in fields(tree):
        if field.get("type") not in VIEWER_TYPES and not labels.get(field.get("id", "-")):
            yield f"no label for {field.tag} {field.get('name')!r}"


def fields(tree: Element) -> Iterator[Element]:
    return (element for element in tree.iter() if element.tag in {"input", "select", "textarea"})


def _names(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        if element.tag in {"a", "button", "summary", "th", "caption", "legend"}:
            if not text_of(element) and not element.get("aria-label"):
                yield f"{element.tag} {element.attrib} has no words"
        if element.tag == "img" and "alt" not in element.attrib:
            yield "img without alt"


def _running(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        is_data = element.tag == "script" and element.attrib == {"type": "application/ld+json"}
        is_ours = element.tag == "style" and not element.attrib and (element.text or "").startswith(":root{")
        if element.tag in {"script", "style", "iframe", "object", "embed", "base"} and not (is_data or is_ours):
            yield f"{element.tag} on the page"
        for name, value in element.attrib.items():
            if name == "style" or name.startswith("on"):
                yield f"{element.tag} has {name}="
            if name in {"href", "src", "action", "formaction"} and value.strip().lower().startswith(
                ("javascript:", "data:", "vbscript:")
            ):
                yield f"{element.tag} {name}={value[:40]!r}"


def check_styles(tree: Element, policy: str) -> None:
    """The policy names each stylesheet of the page; what differs from it by a character, browsers leave out."""
    for style in tree.iter("style"):
        assert f"'sha256-{b64encode(sha256((style.text or '').encode()).digest()).decode()}'" in policy


def _resources(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        loads = element.get("rel") in {"stylesheet", "icon", "preload"}
        address = element.get("src", element.get("href", "/") if element.tag == "link" and loads else "/")
        if not address.startswith("/") or address.startswith("//"):
            yield f"{element.tag} loads {address!r}"


def _forms(tree: Element) -> Iterator[str]:
    for form in tree.iter("form"):
        names = [field.get("name") for field in fields(form)]
        if form.get("method", "get").lower() == "post" and names.count("csrf_token") != 1:
            yield f"the form to {form.get('action')!r} has {names.count('csrf_token')} CSRF tokens"
