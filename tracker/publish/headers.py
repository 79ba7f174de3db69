"""The file _headers, from which static hosts such as Netlify and Cloudflare Pages take the headers of each answer."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

# What a host finds out itself, and what is only true of an answer to one request.
OF_THE_ANSWER = frozenset({"content-length", "date", "etag", "last-modified", "link", "vary", "x-total-count"})
# No two rules may fit one address, for hosts join what both say. So below these everything has the same rule.
ALIKE = ("legislation", "sources", "bodies", "family", "status", "topic", "kind", "source", "body", "place", "on")


class HeaderRules:
    """For each sort of address the headers of the live site, whose forms may be sent to `live`, if it is there."""

    def __init__(self, live: str, rules: Mapping[str, str]) -> None:
        parts = urlsplit(live)
        self.forms = f"form-action 'self' {parts.scheme}://{parts.netloc}" if live else "form-action 'none'"
        self.rules = dict(rules)

    def add(self, path: str, headers: Iterable[tuple[str, str]], *, is_page: bool) -> None:
        """Take the headers of the first answer of its sort as those of all such addresses."""
        sort = _sort_of(path)
        if sort in self.rules:
            return
        kept = (f"  {name}: {value}" for name, value in headers if name.lower() not in OF_THE_ANSWER)
        self.rules[sort] = "\n".join(kept).replace("form-action 'self'", self.forms)
        if is_page and not sort.endswith(("/", "*")) and sort[1:] not in ALIKE:  # servers add the slash
            self.rules[f"{sort}/"] = self.rules[sort]

    def __str__(self) -> str:
        return "".join(f"{sort}\n{headers}\n" for sort, headers in sorted(self.rules.items()))


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
