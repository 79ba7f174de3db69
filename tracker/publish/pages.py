"""All that a folder holds, asked of the site itself as a reader would ask, without a network."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from tracker.clock import today
from tracker.publish.folder import PublishRefused, SiteFolder
from tracker.publish.headers import HeaderRules
from tracker.publish.links import API, SiteLinks
from tracker.queries import public
from tracker.queries.public.filters import AskFilter

# The workbook comes first: there may be too many rows for one, and pages have to know it.
ALWAYS = (
    "/data.xlsx",
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
Progress = Callable[[int, int], None]


class _Unwritten(Exception):
    """A link leads to what is no page: only the live site can answer it."""


@dataclass
class Site:
    """The site that is published, and how its links are to be written."""

    app: Flask
    links: SiteLinks
    lists: Iterable[str]
    headers: HeaderRules = field(init=False)

    def write_into(self, publication: SiteFolder, progress: Progress) -> None:
        """Write every page and file that links lead to, and the rules for their headers."""
        while True:
            self.links.found.clear()
            self.headers = HeaderRules(self.links.live)
            try:
                self._write_all(publication, progress)
            except _Unwritten:
                publication.forget()
                continue
            break
        publication.add("_headers", str(self.headers).encode())

    def checkpoint(self) -> str:
        """Return the checkpoint of the log with the last change that readers can see."""
        return self._ask("/checkpoint.txt").get_data(as_text=True).strip()

    def _write_all(self, publication: SiteFolder, progress: Progress) -> None:
        done: set[str] = set()
        for address in (*ALWAYS, *self.lists):
            self.links.find(address)
        while waiting := [path for path in self.links.found if path not in done]:
            for path in waiting:
                self._write(publication, path, self.links.found[path])
                done.add(path)
                progress(len(done), len(self.links.found))
        answer = self._ask(NOT_FOUND)
        publication.add(NOT_FOUND[1:], self.links.rewrite_page(answer.get_data(as_text=True), NOT_FOUND).encode())

    def _write(self, publication: SiteFolder, path: str, address: str) -> None:
        answer = self._ask(address)
        if answer.status_code >= 500:
            raise PublishRefused(f"{address} was answered with {answer.status}. Nothing was published.")
        if answer.status_code != 200:
            self.links.unwritten.add(address.partition("?")[0])
            raise _Unwritten
        is_page = answer.mimetype == "text/html"
        publication.add(file_of(path, is_page=is_page), self._body(answer, address))
        self.headers.add(path, answer.headers, is_page=is_page)

    def _body(self, answer: Response, address: str) -> bytes:
        if answer.mimetype == "text/html":
            return self.links.rewrite_page(answer.get_data(as_text=True), address).encode()
        if answer.mimetype == "application/xml":
            self.links.read_sitemap(answer.get_data(as_text=True))
        if address.startswith(API):
            return self.links.rewrite_json(answer.get_data(as_text=True)).encode()
        return answer.get_data()

    def _ask(self, address: str) -> Response:
        client = self.app.test_client(use_cookies=False)
        with client.get(address, base_url=self.links.own, buffered=True) as answer:
            return answer


def lists_of(session: Session) -> Iterator[str]:
    """Yield the addresses of the first page with each choice of a filter, and at the end of each year."""
    choices = public.find_choices(session, AskFilter(), public.list_topics(session))
    offered = {
        "family": choices.families,
        "status": choices.statuses,
        "topic": choices.topics,
        "kind": choices.kinds,
        "body": choices.bodies,
        "place": choices.places,
        "source": choices.sources,
    }
    yield from (f"/?{name}={choice.value}" for name, found in offered.items() for choice in found)
    this_year = today().year
    first_year = min(public.find_years(session).values(), default=this_year)
    yield from (f"/?on={year}-12-31" for year in range(first_year, this_year))


def file_of(path: str, *, is_page: bool) -> str:
    """Return the name of the file in the folder that a plain web server sends for the path."""
    name = path.strip("/")
    return f"{name}/index.html".lstrip("/") if is_page else name
