"""All that a folder holds, asked of the site itself as a reader would ask, without a network."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.db.engine import reading
from tracker.publish.folder import PublishRefused, SiteFolder
from tracker.publish.links import API, FILTERS, SiteLinks
from tracker.queries import public
from tracker.queries.public.filters import AskFilter

# There may be too many rows for one, and pages have to know it.
WORKBOOK = "/data.xlsx"
ALWAYS = (
    "/",
    "/sitemap.xml",
    "/robots.txt",
    "/.well-known/security.txt",
    "/checkpoint.txt",
    "/data",
    "/api",
    "/api/v1/openapi.json",
)
NOT_FOUND = "/404.html"
# What other sites show or subscribe to, which a former address goes on to send.
EMBEDDED = ("feed.atom", "calendar.ics", "badge.svg", "picture.png", "card")
MOVED = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<title>Moved</title>
<link rel="canonical" href="{own}{page}">
<meta http-equiv="refresh" content="0; url={page}{anchor}">
<p><a href="{page}{anchor}">This is now at another address.</a></p>
</html>
"""
Progress = Callable[[int, int], None]
# What a host finds out itself, and what is only true of an answer to one request.
OF_THE_ANSWER = frozenset({"content-length", "date", "etag", "last-modified", "link", "vary", "x-total-count"})
# No two rules may fit one address, for hosts join what both say. So below these everything has the same rule.
ALIKE = FILTERS.keys() | {"legislation", "sources", "bodies", "on"}


class Site:
    """The site at `own` of which some links lead to the live site at `live`."""

    def __init__(self, app: Flask, own: str, live: str) -> None:
        self.app, self.own, self.live = app, own, live
        self.engine: sa.Engine = app.extensions["tracker_engine"]

    def write_into(self, publication: SiteFolder, progress: Progress) -> None:
        """Write every page and file that links lead to, and the rules for their headers."""
        with reading(self.engine) as session:
            lists, former = tuple(lists_of(session)), public.list_former_slugs(session)
        self.links = SiteLinks(self.own, self.live)
        self.rules: dict[str, str] = {}
        self.made: set[str] = set()
        embedded = (f"/asks/{slug}/{name}" for slug in former for name in EMBEDDED)
        self._follow([WORKBOOK], publication, progress)
        self._follow([*ALWAYS, *lists, *embedded], publication, progress)
        with self._ask(NOT_FOUND) as answer:
            page = self.links.rewrite_page(answer.get_data(as_text=True), NOT_FOUND)
        publication.add(NOT_FOUND[1:], [page.encode()])
        self._add_moved(publication, former)
        rules = "".join(f"{sort}\n{headers}\n" for sort, headers in sorted(self.rules.items()))
        publication.add("_headers", [rules.encode()])

    def checkpoint(self) -> str:
        """Return the checkpoint of the log with the last change that readers can see."""
        with self._ask("/checkpoint.txt") as answer:
            return answer.get_data(as_text=True).strip()

    def _follow(self, addresses: Iterable[str], publication: SiteFolder, progress: Progress) -> None:
        """Make what is at the addresses, and what links lead to from there."""
        for address in addresses:
            self.links.find(address)
        while waiting := [item for item in self.links.found.items() if item[0] not in self.made]:
            for path, address in waiting:
                self._make(publication, path, address)
                self.made.add(path)
                progress(len(self.made), len(self.links.found))

    def _make(self, publication: SiteFolder, path: str, address: str) -> None:
        """Make the file for an address; none where the site answers with no page."""
        with self._ask(address) as answer:
            if answer.status_code >= 500:
                raise PublishRefused(f"{address} was answered with {answer.status}. Nothing was published.")
            if answer.status_code != 200:
                self.links.unwritten.add(path)
                return
            is_page = answer.mimetype == "text/html"
            publication.add(file_of(path, is_page=is_page), _pieces(answer, self.links, address))
            self._take_headers(path, answer.headers, is_page=is_page)

    def _take_headers(self, path: str, headers: Iterable[tuple[str, str]], *, is_page: bool) -> None:
        """Take the headers of the first answer of its sort as those of all such addresses.

        They make the file _headers, from which hosts such as Netlify and Cloudflare Pages take those of each answer.
        """
        sort = _sort_of(path)
        if sort in self.rules:
            return
        live = urlsplit(self.live)
        forms = f"form-action 'self' {live.scheme}://{live.netloc}" if self.live else "form-action 'none'"
        kept = (f"  {name}: {value}" for name, value in headers if name.lower() not in OF_THE_ANSWER)
        self.rules[sort] = "\n".join(kept).replace("form-action 'self'", forms)
        if is_page and not sort.endswith(("/", "*")) and sort[1:] not in ALIKE:  # servers add the slash
            self.rules[f"{sort}/"] = self.rules[sort]

    def _add_moved(self, publication: SiteFolder, former: Mapping[str, str]) -> None:
        """Write a page for each address that leads on: of former slugs, and of entries, of which files know nothing."""
        asks = [path for path in self.made if path.startswith("/asks/") and path.count("/") == 2]
        moved = {f"{path}/story": (path, "#story") for path in asks}
        for slug, now in former.items():
            moved |= {f"/asks/{slug}{end}": (f"/asks/{now}{end}", "") for end in ("", "/history")}
            moved |= {f"/asks/{slug}/story": (f"/asks/{now}", "#story")}
        for path, (page, anchor) in moved.items():
            text = MOVED.format(own=self.own, page=page, anchor=anchor)
            publication.add(file_of(path, is_page=True), [text.encode()])

    def _ask(self, address: str) -> Response:
        client = self.app.test_client(use_cookies=False)
        return client.get(address, base_url=self.own, follow_redirects=True)


def _pieces(answer: Response, links: SiteLinks, address: str) -> Iterable[bytes]:
    """Return what is written of an answer, with its links for the folder."""
    if answer.mimetype == "text/html":
        return [links.rewrite_page(answer.get_data(as_text=True), address).encode()]
    if answer.mimetype == "application/xml":
        links.read_sitemap(answer.get_data(as_text=True))
    if address.startswith(API):
        return [links.rewrite_json(answer.get_data(as_text=True)).encode()]
    return answer.iter_encoded()


def lists_of(session: Session) -> Iterator[str]:
    """Yield the addresses of the first page with each choice of a filter, and at the end of each year."""
    choices = public.find_choices(session, AskFilter())
    yield from (f"/?{name}={choice.value}" for name, found in FILTERS.items() for choice in getattr(choices, found))
    this_year = today().year
    first_year = min(public.find_years(session).values(), default=this_year)
    yield from (f"/?on={year}-12-31" for year in range(first_year, this_year))


def file_of(path: str, *, is_page: bool) -> str:
    """Return the name of the file in the folder that a plain web server sends for the path."""
    name = path.strip("/")
    return f"{name}/index.html".lstrip("/") if is_page else name


def _sort_of(path: str) -> str:
    """The addresses that have the same headers, as both hosts write them."""
    first, *more = path.strip("/").split("/")
    if more and first in ALIKE:
        return f"/{first}/*"
    if more and first == "asks":
        return "/".join(("/asks/:slug", *more[1:]))
    if path.startswith("/api/v1/") and path.endswith("/index.json"):
        return "/api/v1/*/index.json"
    return path
