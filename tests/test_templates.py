"""Every template compiles, every page has a title and a heading of its own, and what is shared is named once."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.site import LOCAL, open_app
from tracker.paths import resource_dir

TEMPLATES = resource_dir("templates")
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
TEXTS = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in NAMES}
PAGES = [name for name in NAMES if re.search('{% extends "layouts/(public|staff).html"', TEXTS[name])]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    with open_app(LOCAL) as app:
        yield app


def test_each_template_compiles_and_each_page_sets_its_title_and_its_heading(app: Flask) -> None:
    assert [app.jinja_env.get_template(name).name for name in NAMES] == NAMES
    assert len(PAGES) > 15
    for name in PAGES:
        title = re.search(r"{% block title %}(.*?){% endblock title %}", TEXTS[name], re.DOTALL)
        assert title, name
        assert title[1].strip(), name
        assert TEXTS[name].count("<h1") == 1, name


def test_a_missing_name_is_an_error_and_what_is_printed_is_escaped(app: Flask) -> None:
    with app.test_request_context("/"):
        with pytest.raises(Exception, match="is undefined"):
            app.jinja_env.from_string("{{ nothing_of_that_name }}").render()
        assert app.jinja_env.autoescape
        shown = app.jinja_env.get_template("error.html").render(
            code=400, title="<b>", explanation="<script>", advice="&"
        )
    assert "<b>" not in shown
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_the_page_for_our_own_errors_needs_nothing() -> None:
    """It must render when the database, the session and everything else is broken."""
    used = set(re.findall(r"{{\s*([a-z_]+)", TEXTS["error500.html"]))
    assert used <= {"face", "stylesheets"}  # which are there before anything is asked for
    assert "{% extends" not in TEXTS["error500.html"]
