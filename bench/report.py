"""Puts what was measured into tables of Markdown, with the aim beside each figure that has one."""

import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from tracker.clock import today


@dataclass(frozen=True)
class Aim:
    """What a figure should come to: a bound from above, or with `is_floor` from below."""

    bound: float
    unit: str = "×"
    is_floor: bool = False

    def verdict(self, figure: float) -> str:
        is_met = figure >= self.bound if self.is_floor else figure <= self.bound
        sign = "≥" if self.is_floor else "≤"
        return f"{sign} {self.bound:,g}{self.unit}: {'met' if is_met else 'MISSED'}"


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    click.echo(f"\n### {title}\n")
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    for line in lines:
        click.echo(f"| {' | '.join(line)} |")


def say(sentence: str) -> None:
    click.echo(f"\n{sentence}")


def ratio(figure: float) -> str:
    return f"{figure:,.2f}×" if figure < 10 else f"{figure:,.0f}×"


def micro(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs"


def milli(seconds: float) -> str:
    return f"{seconds * 1e3:,.2f} ms"


def mega(size: float) -> str:
    return f"{size / 2**20:,.1f} MB"


def kilo(size: float) -> str:
    return f"{size / 1000:,.1f} kB"


def machine() -> str:
    """The date and what it was measured on."""
    cpus = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    load = Path("/proc/loadavg").read_text().split()[0]
    return (
        f"{today():%-d %B %Y}; {len(cpus)} cores ({cpus[0].partition(':')[2].strip()}), {memory:.0f} GB of memory, "
        f"load {load} at the start; {platform.system()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}."
    )
