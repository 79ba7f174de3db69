"""A site whose database goes back to how it was after each request that changed it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from tests.site import Site
from tracker.clock import now
from tracker.models import StaffSession

COUNTER = slice(24, 28)  # in the header of the file: every commit changes it


class Rewinding:
    """For SQLite: the file is copied once, and put back whenever its counter of changes has moved."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.path = Path(site.engine.url.database or "")
        later = now() + timedelta(hours=6)  # however long the test takes
        times = {"started_at": later, "seen_at": later, "confirmed_at": later}
        site.execute(sa.update(StaffSession).values(**times))
        self.kept = [self.path.with_suffix(".kept")]
        self._keep()

    def has_changed(self) -> bool:
        return self._counter(self.path) != self._counter(self.kept[-1])

    def rewind(self) -> None:
        """Put back what was kept, if anything was written since."""
        if self.has_changed():
            self.site.engine.dispose()
            copy = self.path.with_suffix(".copy")
            shutil.copyfile(self.kept[-1], copy)
            copy.replace(self.path)
            self.site.forget()

    @contextmanager
    def from_here(self) -> Iterator[None]:
        """Within the block go back only to how it is now."""
        self.kept.append(self.path.with_suffix(f".kept-{len(self.kept)}"))
        self._keep()
        try:
            yield
        finally:
            self.rewind()
            self.kept.pop().unlink()
            self.rewind()

    def _keep(self) -> None:
        self.site.engine.dispose()
        shutil.copyfile(self.path, self.kept[-1])

    @staticmethod
    def _counter(path: Path) -> bytes:
        with path.open("rb") as file:
            return file.read(28)[COUNTER]
