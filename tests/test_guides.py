"""What README.md and docs/guide/ print exists: commands, files, settings."""

import re
from pathlib import Path

import click
import pytest

from tracker.cli import main
from tracker.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs/guide").glob("*.md")), CHECKOUT / "docs/releasing.md"]
BLOCK = re.compile(r"^```\w+$.*?^```$|^    [^\n]+$", re.MULTILINE | re.DOTALL)


def code(page: Path) -> str:
    """Return what is printed as code: blocks, indented lines, and words in the text."""
    text = page.read_text(encoding="utf-8")
    return "\n".join([*BLOCK.findall(text), *re.findall(r"`([^`]+)`", BLOCK.sub("", text))])


def command(words: list[str]) -> click.Command | None:
    """The command that the words begin with."""
    found: click.Command | None = main
    for word in words:
        if not isinstance(found, click.Group):
            break
        found = found.commands.get(word)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_commands_that_are_printed_exist_with_their_options(page: Path) -> None:
    for line in re.findall(r"(?:^ *|bin/|site-1 )tracker ([a-z].*)", code(page), re.MULTILINE):
        words = re.split(r" [|;>#]|;", line)[0].split()
        found = command(words)
        assert found is not None, line
        options = {name for option in found.params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_files_that_are_named_are_there(page: Path) -> None:
    for name in re.findall(r"`((?:docs|deploy|seeds|tests|tracker|templates)/[\w./-]*)`", page.read_text()):
        assert (CHECKOUT / name).exists(), name


def test_the_readme_has_every_setting_and_no_other() -> None:
    printed = set(re.findall(r"`([A-Z_]{4,})`", (CHECKOUT / "README.md").read_text().partition("## Put it on")[0]))
    settings = Settings.from_env({"DATABASE_URL": "sqlite:////x", "SECRET_KEY": "3f9d0c1b7a6e5d4c8b2a1f0e9d8c7b6a"})
    assert printed - {"HOST:PORT"} == set(settings.variables)


def test_make_has_the_targets_that_are_printed() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        assert set(re.findall(r"(?:^ +|`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE)) <= targets
