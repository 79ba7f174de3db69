"""JSON-LD for search engines: the data as a Dataset, a law as Legislation (schema.org).

It is in a script element of a type that no browser runs, which the content security policy allows.
"""

from datetime import datetime
from typing import Any

from flask import Flask, url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from tracker.clock import day_of, today
from tracker.exports.tables import TABLES
from tracker.queries.public.laws import PublicLaw
from tracker.rules.stages import Stage
from tracker.web.addresses import site_url
from tracker.web.build import face

Thing = dict[str, Any]
NOT_LAW = frozenset({Stage.EXPECTED, Stage.INTRODUCED, Stage.FALLEN})


def law_data(law: PublicLaw) -> Markup:
    """Return a law as schema.org's Legislation.

    It is said to be out of force only if it never became law: our links tell of some provisions, not of all.
    """
    line = law.line
    address = _address("public.law", key=line.key)
    return _block(
        {
            "@type": "Legislation",
            "@id": address,
            "url": address,
            "name": line.title,
            "legislationIdentifier": line.citation,
            "legislationType": line.kind_label,
            "legislationDate": line.enacted_on.text if line.enacted_on else None,
            "legislationLegalForce": "https://schema.org/NotInForce" if line.stage_on(today()) in NOT_LAW else None,
            "sameAs": line.address,
        }
    )


def dataset_data(published_at: datetime | None) -> Markup:
    """Return everything as schema.org's Dataset, with each file that can be downloaded."""
    files = [("application/zip", _address("data.archive"))]
    files += [("text/csv", _address("tables.csv", name=name)) for name in TABLES]
    return _block(
        {
            "@type": "Dataset",
            "@id": _address("data.index"),
            "url": _address("data.index"),
            "name": "Policy asks and what became of them",
            "description": (
                "Every policy ask that we follow with its status, success tests and linked legislation, and the whole "
                "dated history of each with its evidence."
            ),
            "license": face().licence_url,
            "isAccessibleForFree": True,
            "dateModified": day_of(published_at).isoformat() if published_at else None,
            "creator": {"@type": "Organization", "name": face().name, "url": _address("public.index")},
            "distribution": [
                {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": address} for kind, address in files
            ],
        }
    )


def _block(thing: Thing) -> Markup:
    """Return the element for the head of a page, without empty values; no text in it can end the element."""
    known = {name: value for name, value in thing.items() if value not in (None, "")}
    text = htmlsafe_json_dumps({"@context": "https://schema.org"} | known, separators=(",", ":"))
    return Markup('<script type="application/ld+json">{}</script>').format(text)


def _address(endpoint: str, **values: str) -> str:
    return site_url() + url_for(endpoint, **values)  # type: ignore[arg-type]


def init_app(app: Flask) -> None:
    """Make both functions known to the templates."""
    app.add_template_global(law_data)
    app.add_template_global(dataset_data)
