"""A client that a common generator makes of the API's description has every record, and is answered."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.site import WEALTH_ORDERS, Site
from tests.web.json_answers import send


@pytest.fixture
def client(shared_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client, talking to the site without a network; any warning of the generator fails."""
    httpx = importlib.import_module("httpx")
    (tmp_path / "openapi.json").write_bytes(send(shared_site, "/openapi.json").data)
    (tmp_path / "config.json").write_text(json.dumps({"post_hooks": []}), encoding="ascii")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
    files = ["--path", "openapi.json", "--config", "config.json", "--output-path", "generated_tracker_client"]
    made = subprocess.run([*command, *files], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    monkeypatch.syspath_prepend(tmp_path)
    generated = importlib.import_module("generated_tracker_client")
    transport = httpx.WSGITransport(app=shared_site.app)
    return generated.Client("http://127.0.0.1:8000/api/v1", httpx_args={"transport": transport})


@pytest.mark.slow
def test_a_generated_client_reads_an_ask_and_its_tests(client: Any) -> None:
    api = importlib.import_module("generated_tracker_client.api.default")
    calls = {
        name: importlib.import_module(f"{api.__name__}.{name}").sync for name in ("get_ask", "list_asks", "list_tests")
    }
    ask = calls["get_ask"](WEALTH_ORDERS, client=client)
    assert ask.ask_slug == WEALTH_ORDERS
    assert ask.tests
    assert {test.result.value for test in ask.tests} <= {"met", "not_met", "unknown"}
    first = calls["list_asks"](client=client, limit=2)
    assert len(first.records) == 2
    assert first.total > 2
    tests = calls["list_tests"](client=client, ask=WEALTH_ORDERS)
    assert [test.test_key for test in tests.records] == [test.test_key for test in ask.tests]
