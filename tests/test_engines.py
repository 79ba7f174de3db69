"""The databases that tests get are the real thing, and nobody else's."""

import sqlalchemy as sa

from tests.chromium import CHECKOUT
from tests.engines import BOTH_ENGINES, Databases, open_engine

VERSION = {"sqlite": "SELECT 'SQLite ' || sqlite_version()", "postgresql": "SELECT version()"}


def answers(url: str, statement: str) -> list[object]:
    with open_engine(url) as engine, engine.begin() as connection:
        result = connection.execute(sa.text(statement))
        return list(result.scalars()) if result.returns_rows else []


def test_each_test_has_a_copy_of_its_own_on_the_engine_that_its_name_says(
    databases: Databases, database_engine: str
) -> None:
    for is_migrated in (True, False):
        for _ in ("first", "second"):
            with databases.temporary(database_engine, migrated=is_migrated) as url:
                assert str(answers(url, VERSION[database_engine])[0]).lower().startswith(database_engine)
                answers(url, "CREATE TABLE mine (id INTEGER)")  # fails if the table is there already
                with open_engine(url) as engine:
                    tables = set(sa.inspect(engine).get_table_names())
                assert tables >= {"alembic_version", "mine"} if is_migrated else tables == {"mine"}


def test_postgresql_keeps_text_as_utf8_and_times_in_utc(databases: Databases) -> None:
    with databases.temporary("postgresql", migrated=False) as url:
        assert answers(url, "SHOW server_encoding") == ["UTF8"]
        assert answers(url, "SHOW timezone") == ["UTC"]


def test_what_runs_on_both_engines_is_there() -> None:
    for path, _, name in (entry.partition("::") for entry in BOTH_ENGINES):
        assert (CHECKOUT / path).exists(), path
        assert not name or f"def {name}" in (CHECKOUT / path).read_text(encoding="utf-8"), name
