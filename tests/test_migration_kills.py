"""`tracker db upgrade` is killed in the middle, three times in a row: what was there stays, whole.

Here from the oldest revision, by way of all others; `make torture` goes back to each of them in turn.
"""

import os
import random
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pytest
import sqlalchemy as sa

from tests.cli.commands import SECRET
from tests.copies import check_whole
from tests.processes import statements_of
from tests.tampering import log_unlocked, write_in_first_format
from tests.test_migrations import described, fill, leftovers, scripts
from tracker.cli import main
from tracker.db import migrate
from tracker.db.engine import reading, writing
from tracker.services import proof

ROUNDS = int(os.environ.get("TORTURE_ROUNDS", "1"))
BASE = "base"
SECOND_FORMAT = "0011"  # whoever goes back behind it has a log that an older version wrote
REVISIONS = [*sorted(revision.revision for revision in scripts().walk_revisions())[:-1], BASE]
DERIVED = {"status_span"}
Rows = dict[str, list[tuple[str, ...]]]


def upgrade(url: str) -> None:
    os.environ |= {"DATABASE_URL": url, "SECRET_KEY": SECRET}
    with redirect_stdout(StringIO()):
        main(["db", "upgrade"], standalone_mode=False)


def rows(engine: sa.Engine, columns: dict[str, list[str]]) -> Rows:
    """What stands in these columns of these tables."""
    found = {}
    with engine.connect().execution_options(tracker_read_only=True) as connection:
        for table, names in columns.items():
            found[table] = sorted(
                tuple(map(repr, row)) for row in connection.execute(sa.table(table, *map(sa.column, names)).select())
            )
    return found


def columns_of(schema: dict[str, Any]) -> dict[str, set[str]]:
    """The columns of each table, but for those that the code derives from others."""
    return {table: set(parts["columns"]) for table, parts in schema.items() if table not in DERIVED | {"revision"}}


class Upgrades:
    """A database at head with data, which goes back to an old revision and is killed on its way up."""

    def __init__(self, engine: sa.Engine, url: str, revision: str) -> None:
        self.engine, self.url = engine, url
        self.revision = None if revision == BASE else revision
        fill(self.engine)
        self.schema, self.triggers = described(self.engine), sorted(leftovers(self.engine))

    def go_back(self) -> None:
        if (self.revision or "") < SECOND_FORMAT:
            with writing(self.engine) as session, log_unlocked(session):
                write_in_first_format(session)
        migrate.downgrade(self.engine, self.revision or BASE)
        newest = columns_of(self.schema)
        self.columns = {t: sorted(names & newest[t]) for t, names in columns_of(described(self.engine)).items()}
        self.before = rows(self.engine, self.columns)

    def kill(self, statement: int, seconds: float = 0) -> None:
        """Nothing of what was there is lost or changed, and the schema is the old or the new one.

        Killed late, an upgrade is through, and the next has less to do.
        """
        took = statements_of(upgrade, self.url, statement=statement, seconds=seconds)
        assert not took or seconds, "it was to be killed"
        assert migrate.current(self.engine) in {self.revision, migrate.head()}
        assert self.kept() == self.before

    def kept(self) -> Rows:
        """What stands there now, but for what an upgrade adds to the log."""
        now = rows(self.engine, self.columns)
        return now | {"event": [row for row in now["event"] if row in self.before["event"]]} if "event" in now else now

    def finish(self) -> int:
        """Run the command to its end; how many statements it took."""
        took = statements_of(upgrade, self.url)
        assert migrate.current(self.engine) == migrate.head()
        assert (described(self.engine), sorted(leftovers(self.engine))) == (self.schema, self.triggers)
        assert self.kept() == self.before
        with reading(self.engine) as session:
            assert proof.verify(session)[0] >= len(self.before.get("event", []))
        check_whole(self.engine, is_replayed=False)  # the log may be of a version that told less
        return took


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_an_upgrade_killed_three_times_in_a_row_loses_nothing(engine: sa.Engine, database: str, round_: int) -> None:
    chance, upgrades = random.Random(round_), Upgrades(engine, database, REVISIONS[round_ % len(REVISIONS)])
    upgrades.go_back()
    took = upgrades.finish()
    upgrades.go_back()
    moments = sorted(chance.randint(1, took) for _ in range(3))
    upgrades.kill(moments[0])
    for moment in moments[1:]:
        upgrades.kill(moment, chance.uniform(0, 0.005))
    upgrades.finish()
