"""What a search engine should understand of a page, in the words of schema.org (JSON-LD).

The data stand in a script element of a type that no browser runs, which the content security policy allows.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Flask, url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from tracker.clock import LONDON, today
from tracker.exports import licence
from tracker.exports.tables import TABLES
from tracker.queries.public.records import LawLine, PublicAsk, PublicLaw, PublicSource
from tracker.rules.stages import Stage
from tracker.web.filters import site_url

Thing = dict[str, Any]
NOT_LAW = frozenset({Stage.EXPECTED, Stage.INTRODUCED, Stage.FALLEN})


def ask_data(ask: PublicAsk) -> Markup:
    """An ask, where it was made, and the laws that it hangs on."""
    line = ask.line
    address = _address("public.ask", slug=line.slug)
    laws = {link.law.key: link.law for link in ask.links if link.law}
    work = {
        "@type": "CreativeWork",
        "@id": address,
        "url": address,
        "name": line.title,
        "abstract": line.summary,
        "about": line.topic,
        "creativeWorkStatus": line.status.label if line.status else None,
        "dateModified": _day(max((entry.recorded_at for entry in ask.story), default=None)),
        "isBasedOn": _source(ask.source),
        "citation": [_citation(law) for law in laws.values()],
        "publisher": _publisher(),
        "license": licence.ADDRESS,
    }
    return _block([work, _trail(("Asks", _address("public.index")), (line.title, address))])


def law_data(law: PublicLaw) -> Markup:
    """A law, and the way to its page."""
    line = law.line
    trail = _trail(("Legislation", _address("public.legislation")), (line.title, _law_address(line)))
    return _block([_law(line), trail])


def dataset_data(published_at: datetime | None) -> Markup:
    """Everything as data, with each file that can be downloaded."""
    files = [("application/zip", _address("data.archive"))]
    files += [("text/csv", _address("tables.csv", name=name)) for name in TABLES]
    dataset = {
        "@type": "Dataset",
        "@id": _address("data.index"),
        "url": _address("data.index"),
        "name": "Policy asks and what became of them",
        "description": (
            "Every policy ask that we follow with its status, success tests and linked legislation, and the whole "
            "dated history of each with its evidence."
        ),
        "license": licence.ADDRESS,
        "isAccessibleForFree": True,
        "dateModified": _day(published_at),
        "creator": _publisher(),
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": address} for kind, address in files
        ],
    }
    return _block([dataset])


def _citation(law: LawLine) -> Thing:
    """A law by its name; its page says the rest."""
    names = {"name": law.title, "legislationIdentifier": law.citation}
    return {"@type": "Legislation", "@id": _law_address(law)} | names


def _law(law: LawLine) -> Thing:
    """A law. Whether a law is in force is said only of what never became one: the rest we do not know whole."""
    return {
        "@type": "Legislation",
        "@id": _law_address(law),
        "url": _law_address(law),
        "name": law.title,
        "legislationIdentifier": law.citation,
        "legislationType": law.kind_label,
        "legislationDate": law.enacted_on.text if law.enacted_on else None,
        "legislationLegalForce": "https://schema.org/NotInForce" if law.stage_on(today()) in NOT_LAW else None,
        "sameAs": law.address,
    }


def _source(source: PublicSource) -> Thing:
    return {
        "@type": "CreativeWork",
        "name": source.title,
        "author": {"@type": "Person", "name": source.author} if source.author else None,
        "datePublished": source.published_on.text if source.published_on else None,
        "url": source.url,
    }


def _publisher() -> Thing:
    return {"@type": "Organization", "name": licence.PUBLISHER, "url": _address("public.index")}


def _trail(*steps: tuple[str, str]) -> Thing:
    """The way from the first page."""
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": address}
        for place, (name, address) in enumerate(steps, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _block(things: Iterable[Thing]) -> Markup:
    """The element for the head of a page; no text in it can end it, for <, > and & are written as escapes."""
    data = {"@context": "https://schema.org", "@graph": [_known(thing) for thing in things]}
    text = htmlsafe_json_dumps(data, separators=(",", ":"))
    return Markup('<script type="application/ld+json">{}</script>').format(text)


def _known(value: Any) -> Any:
    """Without what is empty: what we do not know is not said."""
    if isinstance(value, dict):
        return {name: _known(part) for name, part in value.items() if part not in (None, "", [])}
    return [_known(part) for part in value] if isinstance(value, list) else value


def _day(moment: datetime | None) -> str | None:
    return moment.astimezone(LONDON).date().isoformat() if moment else None


def _law_address(law: LawLine) -> str:
    return _address("public.law", key=law.key)


def _address(endpoint: str, **values: str) -> str:
    return site_url() + url_for(endpoint, **values)  # type: ignore[arg-type]


def init_app(app: Flask) -> None:
    """Make them known to the templates."""
    app.add_template_global(ask_data)
    app.add_template_global(law_data)
    app.add_template_global(dataset_data)
