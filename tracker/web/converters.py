"""Which parts of an address can lead anywhere; all else is not found before a query is made."""

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter

from tracker.rules.legislation import KEY


class SlugConverter(BaseConverter):
    """An ask's slug."""

    regex = r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?"


class LawConverter(BaseConverter):
    """A law's key, such as ukpga/2017/22 or ukpga/Edw7/7/51."""

    regex = KEY.pattern
    part_isolating = False


class IdConverter(IntegerConverter):
    """A row's number, small enough for every database."""

    regex = r"[1-9][0-9]{0,8}"


def init_app(app: Flask) -> None:
    """Make the converters known by name."""
    app.url_map.converters |= {"slug": SlugConverter, "law": LawConverter, "id": IdConverter}
