"""What the publications of these tests share."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from flask import Flask

from tests.site import CompiledTemplates


@pytest.fixture(autouse=True, scope="module")
def compiled_templates() -> Iterator[None]:
    """Templates are compiled once for all publications here."""
    with patch.dict(Flask.jinja_options, bytecode_cache=CompiledTemplates()):
        yield
