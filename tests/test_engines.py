"""The databases that tests get are the real thing, and nobody else's."""

import pytest
import sqlalchemy as sa

from tests.engines import Databases


def answers(url: str, statement: str) -> list[object]:
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(sa.text(statement))
            return list(result.scalars()) if result.returns_rows else []
    finally:
        engine.dispose()


def test_each_test_runs_on_the_engine_that_its_name_says(empty_database: str, database_engine: str) -> None:
    version = {"sqlite": "SELECT 'SQLite ' || sqlite_version()", "postgresql": "SELECT version()"}
    assert str(answers(empty_database, version[database_engine])[0]).lower().startswith(database_engine)


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_one_test_writes_no_other_test_sees(empty_database: str, time: str) -> None:
    answers(empty_database, "CREATE TABLE seen (time TEXT)")  # fails if the table is there already
    answers(empty_database, f"INSERT INTO seen VALUES ('{time}')")
    assert answers(empty_database, "SELECT time FROM seen") == [time]


def test_a_migrated_database_is_a_copy_with_the_schema_in_it(databases: Databases, database: str) -> None:
    answers(database, "CREATE TABLE mine (id INTEGER)")
    tables = sa.inspect(engine := sa.create_engine(database)).get_table_names()
    engine.dispose()
    assert {"alembic_version", "mine"} <= set(tables)

    another = databases.create("sqlite" if database.startswith("sqlite") else "postgresql")
    copied = sa.inspect(engine := sa.create_engine(another)).get_table_names()
    engine.dispose()
    databases.drop(another)
    assert set(tables) - set(copied) == {"mine"}


def test_postgresql_keeps_text_as_utf8_and_times_in_utc(databases: Databases) -> None:
    url = databases.create("postgresql", migrated=False)
    assert answers(url, "SHOW server_encoding") == ["UTF8"]
    assert answers(url, "SHOW timezone") == ["UTC"]
    databases.drop(url)
