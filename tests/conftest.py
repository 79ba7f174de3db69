"""What every test shares. The fixtures themselves are in the modules named below, one per subject."""

import os
import signal
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["tests.engines", "tests.chromium"]
if Path(__file__).with_name("site.py").exists():
    pytest_plugins.append("tests.site")

# A busy machine is not a failure, and a failure must come back on the next run.
hypothesis.settings.register_profile(
    "tracker",
    deadline=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("tracker")


def missing() -> list[str]:
    # Not above: pytest wants to load its plugins itself, to rewrite their asserts.
    from tests import chromium, deployed, engines

    return [*engines.missing(), *chromium.missing(), *deployed.missing()]


def pytest_configure() -> None:
    # `timeout 600 make test` or a stopped CI job: put away servers and browsers as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A job in the background begins with Ctrl-C ignored, and tests send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if missing() and os.environ.get("CI", "").lower() in {"1", "true"}:
        raise pytest.UsageError("With CI=true everything is tested. Missing: " + "; ".join(missing()))


def pytest_report_header() -> list[str]:
    return [f"NOT TESTED: {what}" for what in missing()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for what in missing():
        terminalreporter.write_line(f"NOT TESTED: {what}", yellow=True, bold=True)
