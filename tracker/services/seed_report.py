"""What loading seeds notes on its way: what it did, and what is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tracker.rules.errors import RuleBroken
from tracker.services.seed_files import Place, SeedError


@dataclass
class Report:
    """What loading did, or would do: a sentence for each record that is not left as it is."""

    lines: list[str] = field(default_factory=list)
    unchanged: int = 0

    def note(self, what: str, name: str) -> None:
        self.lines.append(f"{what}: {name}")


@contextmanager
def collecting(problems: list[str], place: Place | None = None) -> Iterator[None]:
    """Note what is wrong and go on, so that all faults are told at once."""
    try:
        yield
    except SeedError as error:
        problems += error.problems
    except RuleBroken as broken:
        problems += [f"{place.at(problem.field) if place else ''}: {problem.message}" for problem in broken.problems]
