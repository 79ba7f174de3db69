"""A browser for tests: fills in the forms that were really rendered, with CSRF on, and checks each page it gets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.page_checks import check_headers, check_styles, checked, classes, fields, text_of

Pairs = list[tuple[str, str]]
Typed = str | Sequence[str] | bool | None
REDIRECTS = {301, 302, 303, 307, 308}


@dataclass
class Page:
    """An answer as a person sees it; `status` and `path` are those of the last hop."""

    browser: "Browser"
    path: str
    response: TestResponse
    hops: list[int]
    tree: Element = field(init=False)

    def __post_init__(self) -> None:
        if self.response.mimetype == "text/html":
            self.tree = checked(self.html)
            check_styles(self.tree, self.response.headers["Content-Security-Policy"])

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def text(self) -> str:
        """All words of the page, white space made single."""
        return text_of(self.tree.find("body") or self.tree)

    @property
    def h1(self) -> str:
        return text_of(next(self.tree.iter("h1")))

    @property
    def title(self) -> str:
        return text_of(next(self.tree.iter("title")))

    def section(self, element_id: str) -> str:
        """The words of the element with this id; of the section when it is a section's heading."""
        parents = {child: parent for parent in self.tree.iter() for child in parent}
        found = next(element for element in self.tree.iter() if element.get("id") == element_id)
        return text_of(parents[found] if found.tag in {"h2", "h3"} else found)

    def all(self, tag: str, css_class: str = "") -> list[str]:
        """The words of each element of a kind, in the order of the page."""
        return [text_of(e) for e in self.tree.iter(tag) if not css_class or css_class in classes(e)]

    @property
    def notices(self) -> list[str]:
        return [text_of(element) for element in self.tree.iter() if "notice" in classes(element)]

    @property
    def summary(self) -> list[str]:
        """The lines of the error summary; each line that is a link leads to a field of the page."""
        boxes = [box for box in self.tree.iter("div") if "error-summary" in classes(box)]
        return [text_of(line) for box in boxes for line in box.iter("li")]

    def errors(self, name: str) -> list[str]:
        """What the page says is wrong with a field, as tied to it for those who hear the page."""
        shown = self.field(name)
        ids = shown.get("aria-describedby", "").split()
        found = [text_of(e) for e in self.tree.iter() if e.get("id") in ids and "error" in classes(e)]
        assert bool(found) == (shown.get("aria-invalid") == "true")
        return found

    def field(self, name: str) -> Element:
        """The field that bears a label; not the choices that stand below it."""
        named = [element for element in fields(self.tree) if element.get("name") == name]
        found = [element for element in named if element.get("type") != "radio"]
        assert len(found) == 1, f"{len(found)} fields are called {name}: {sorted(self.names())}"
        return found[0]

    def names(self) -> set[str]:
        return {element.get("name", "") for element in fields(self.tree)}

    def value(self, name: str) -> str:
        """What stands in a field; for a list of choices what is chosen."""
        boxes = [e for e in fields(self.tree) if (e.get("name"), e.get("type")) == (name, "checkbox")]
        return "\n".join(value.replace("\r", "") for _, value in _shown(boxes or [self.field(name)]))

    def links(self) -> dict[str, str]:
        return {text_of(link): link.get("href", "") for link in self.tree.iter("a")}

    def has_button(self, words: str) -> bool:
        return any(text_of(button) == words for button in self.tree.iter("button"))

    def follow(self, words: str) -> "Page":
        """Go where the link with these words leads."""
        return self.browser.get(urljoin(self.path, self.links()[words]))

    def form_of(self, button: str, which: int = 0) -> tuple[Element, Element]:
        """The form with the button, and the button."""
        found = [(form, b) for form in self.tree.iter("form") for b in form.iter("button") if text_of(b) == button]
        assert len(found) > which, f"{len(found)} buttons say {button!r}"
        return found[which]

    def sent(self, button: str, /, *, which: Any = 0, without: Any = (), **typed: Any) -> Pairs:
        """What a browser sends when this is typed and the button pressed; `without` leaves fields out."""
        form, pressed = self.form_of(button, which)
        pairs = _shown(fields(form))
        for name, value in typed.items():
            pairs = _fill(form, pairs, name if name in {n for n, _ in pairs} else _dashed(form, name), value)
        if pressed.get("name"):
            pairs.append((pressed.get("name", ""), pressed.get("value", "")))
        return [pair for pair in pairs if pair[0] not in without]

    def submit(self, button: str, /, *, which: Any = 0, **typed: Any) -> "Page":
        """Fill in the form with the button (`which`, when several say the same) and press it.

        Fields are named as in the form ("evidence-0-url" as evidence_0_url), and only fields and choices that
        the page offers can be used. Answers the page after all redirects.
        """
        form, pressed = self.form_of(button, which)
        pairs = self.sent(button, which=which, **typed)
        address = urljoin(self.path, pressed.get("formaction") or form.get("action", self.path))
        if form.get("method", "get") == "get":
            query = {name: value for name, value in pairs if value}
            return self.browser.get(urlsplit(address).path, query_string=query)
        return self.browser.post(address, pairs)


def _shown(shown: Iterator[Element] | list[Element]) -> Pairs:
    """What a browser would send of these fields if nobody touched them."""
    pairs: Pairs = []
    for element in shown:
        name = element.get("name", "")
        if element.tag == "textarea":
            pairs.append((name, "".join(element.itertext()).replace("\n", "\r\n")))
        elif element.tag == "select":
            options = list(element.iter("option"))
            chosen = [option for option in options if "selected" in option.attrib]
            if not chosen and "multiple" not in element.attrib:
                chosen = options[:1]
            pairs += [(name, option.get("value", "")) for option in chosen]
        elif element.get("type") not in {"checkbox", "radio"} or "checked" in element.attrib:
            pairs.append((name, element.get("value", "")))
    return pairs


def _dashed(form: Element, name: str) -> str:
    """The form's field that Python's spelling means: evidence_0_url for evidence-0-url."""
    names = [element.get("name", "") for element in fields(form)]
    return next((known for known in names if known.replace("-", "_") == name), name)


def _fill(form: Element, pairs: Pairs, name: str, value: Typed) -> Pairs:
    element = next((element for element in fields(form) if element.get("name") == name), None)
    assert element is not None, f"the form has no field {name}: {[n for n, _ in pairs]}"
    assert element.get("type") != "hidden", f"nobody can type into the hidden field {name}"
    values = [value] if isinstance(value, str) else [str(part) for part in value or ()]  # type: ignore[union-attr]
    if element.tag == "select" or element.get("type") == "checkbox":
        choices = element.iter("option") if element.tag == "select" else fields(form)
        offered = {choice.get("value") for choice in choices if choice.get("name", name) == name}
        assert offered.issuperset(values), f"{name} does not offer {values}"
    return [pair for pair in pairs if pair[0] != name] + [(name, part) for part in values]


class Browser:
    """One person's browser. What it gets is checked: headers, pages, cookies, and nothing left half done."""

    def __init__(self, app: Flask, engine: sa.Engine) -> None:
        self.app = app
        self.engine = engine
        self.client: FlaskClient = app.test_client()

    def sign_in_with(self, cookie: str) -> Self:
        """Be somebody whose session cookie this is."""
        self.client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], cookie)
        return self

    @property
    def cookie(self) -> str | None:
        found = self.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        return found.value if found else None

    def get(self, path: str, **options: Any) -> Page:
        return self.request("GET", path, **options)

    def post(self, path: str, data: Pairs | dict[str, str], **options: Any) -> Page:
        return self.request("POST", path, data=MultiDict(data), **options)

    def request(self, method: str, path: str, **options: Any) -> Page:
        """Send a request and follow where the answers lead; every hop is checked."""
        hops = []
        for _ in range(5):
            response = self.send(method, path, **options)
            hops.append(response.status_code)
            if response.status_code not in REDIRECTS:
                return Page(self, path, response, hops)
            path = urljoin(path, (response.location or "").removeprefix("http://localhost"))
            assert not urlsplit(path).netloc, f"sent away to {path}"
            method, options = "GET", {}
        raise AssertionError(f"too many redirects: {hops}")

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        """One request and its answer, redirects not followed."""
        # A client with a jar of cookies ignores a Cookie header.
        client = self.app.test_client(use_cookies=False) if "Cookie" in options.get("headers", {}) else self.client
        response = client.open(path, method=method, buffered=True, **options)
        check_headers(path, response.status_code, response.headers)
        is_refused = response.status_code == 503 and self.app.config["READ_ONLY"]
        assert response.status_code < 500 or is_refused, f"{method} {path}: {response.status_code}"
        assert getattr(self.engine.pool, "checkedout")() == 0, f"{method} {path} keeps a connection"  # noqa: B009
        return response


def watch_for_unsaved_changes(app: Flask) -> list[str]:
    """Answer a list that names every request whose reading session ends with objects changed and not saved."""
    found: list[str] = []

    def look(_error: BaseException | None) -> None:
        session = g.get("reading_session")
        if session is not None and (session.new or session.dirty or session.deleted):
            found.append(f"{[*session.new, *session.dirty, *session.deleted]}")

    app.teardown_appcontext(look)
    return found
