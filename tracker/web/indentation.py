"""Pages without the indentation of their templates: it is for us, and a phone should not have to load it."""

import re

from jinja2.ext import Extension

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class Unindented(Extension):
    """Begins each line of a template at its left edge, unless the template has text whose spaces count."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return source if "<pre" in source else INDENTATION.sub("", source)
