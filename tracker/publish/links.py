"""Where each address of the site is in the published folder, and links that lead there or to the live site."""

import re
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import parse_qsl, urljoin

# The filters by which lists are written, with what offers the choices of each.
FILTERS = {
    "family": "families", "status": "statuses", "topic": "topics", "kind": "kinds", "body": "bodies",
    "place": "places", "source": "sources",
}  # fmt: skip
NEVER_WRITTEN = ("/staff", "/healthz", "/readyz")
API = "/api/v1/"
VALUE = re.compile(r"[a-z0-9_-]+", re.ASCII)
YEAR_END = re.compile(r"\d{4}-12-31", re.ASCII)
TAG = re.compile(r'<[a-z][^<>]*\s(?:href|src|action|content)="[^<>]*>')
ATTRIBUTE = re.compile(r'(\s(href|src|action|content)=")([^"]*)(?=")')
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
LEFT_OUT = ' data-left-out="yes'
LEFT_OUT_LINK = re.compile(rf"<a\s[^<>]*{LEFT_OUT.strip()}[^<>]*>(.*?)</a>", re.DOTALL)
LOCATION = re.compile(r"<loc>([^<]+)</loc>")


@dataclass
class SiteLinks:
    """The links of a site at `own` of which some lead to the live site at `live`; without one these are left out.

    `unwritten` are paths that the site does not answer with a page. `found` are the addresses to which links lead
    and that are to be written: for each path in the folder the address that the live site has for it.
    """

    own: str
    live: str
    unwritten: set[str] = field(default_factory=set)
    found: dict[str, str] = field(default_factory=dict)

    def path_of(self, address: str) -> str | None:
        """Return the published path of an address of the site, given from its first slash; None if it has none."""
        path, _, query = address.partition("?")
        if path.startswith(NEVER_WRITTEN) or path in self.unwritten:
            return None
        if query and not query.startswith("v="):  # a version, which makes browsers fetch a file anew
            return _path_of_query(query) if path == "/" else None
        return f"{path}/index.json" if path.startswith(API) and not path.endswith(".json") else path

    def find(self, address: str) -> str | None:
        """Return the published path of an address, and remember it as one to be written."""
        path = self.path_of(address)
        if path is not None:
            self.found.setdefault(path, address if path != address.partition("?")[0] else path)
        return path

    def rewrite_page(self, html: str, address: str) -> str:
        """Return the page of this address with links for the folder; forms lead to the live site."""
        written = TAG.sub(lambda tag: self._tag(tag[0], address), html if self.live else FORM.sub("", html))
        return LEFT_OUT_LINK.sub(r"<span>\1</span>", written)

    def rewrite_json(self, text: str) -> str:
        """Return the document so that its next page, which has a query, is asked of the live site."""
        if self.live:
            return text.replace(f'"next":"{self.own}/', f'"next":"{self.live}/')
        return re.sub(rf'"next":"{re.escape(self.own)}/[^"]*"', '"next":null', text)

    def read_sitemap(self, xml: str) -> None:
        """Remember all that a sitemap lists."""
        for location in LOCATION.findall(xml):
            self.find(unescape(location).removeprefix(self.own) or "/")

    def _tag(self, tag: str, page: str) -> str:
        written = ATTRIBUTE.sub(lambda match: self._attribute(match, page), tag)
        return "" if LEFT_OUT in written and tag.startswith("<link") else written

    def _attribute(self, match: re.Match[str], page: str) -> str:
        before, name, value = match.groups()
        link = unescape(value)
        is_whole = link == self.own or link.startswith(f"{self.own}/")
        if link.startswith("#") or (not is_whole and (name == "content" or re.match(r"[a-z]+:|//", link))):
            return match[0]
        target, mark, anchor = urljoin(page, link.removeprefix(self.own) or "/").partition("#")
        path = None if name == "action" else self.find(target)
        if path is None and not self.live:
            return match[0] if name == "content" else LEFT_OUT
        if path is None:
            return before + escape(f"{self.live}{target}{mark}{anchor}")
        if path == target.partition("?v=")[0]:
            return match[0]
        return before + escape(f"{self.own * is_whole}{path}{mark}{anchor}")


def _path_of_query(query: str) -> str | None:
    """The path of the first page with one filter, or at the end of a year."""
    (name, value), *more = parse_qsl(query, keep_blank_values=True) or [("", "")]
    allowed = VALUE if name in FILTERS else YEAR_END
    is_written = not more and (name in FILTERS or name == "on") and allowed.fullmatch(value)
    return f"/{name}/{value}/" if is_written else None
