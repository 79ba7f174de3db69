"""The databases that tests get are the real thing, and nobody else's."""

import pytest
import sqlalchemy as sa

from tests.engines import Databases, open_engine


def answers(url: str, statement: str) -> list[object]:
    with open_engine(url) as engine, engine.begin() as connection:
        result = connection.execute(sa.text(statement))
        return list(result.scalars()) if result.returns_rows else []


def tables_of(url: str) -> set[str]:
    with open_engine(url) as engine:
        return set(sa.inspect(engine).get_table_names())


def test_each_test_runs_on_the_engine_that_its_name_says(empty_database: str, database_engine: str) -> None:
    version = {"sqlite": "SELECT 'SQLite ' || sqlite_version()", "postgresql": "SELECT version()"}
    assert str(answers(empty_database, version[database_engine])[0]).lower().startswith(database_engine)


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_one_test_writes_no_other_test_sees(empty_database: str, time: str) -> None:
    answers(empty_database, "CREATE TABLE seen (time TEXT)")  # fails if the table is there already
    answers(empty_database, f"INSERT INTO seen VALUES ('{time}')")
    assert answers(empty_database, "SELECT time FROM seen") == [time]


def test_a_migrated_database_is_a_copy_with_the_schema_in_it(
    databases: Databases, database: str, database_engine: str
) -> None:
    answers(database, "CREATE TABLE mine (id INTEGER)")
    tables = tables_of(database)
    assert {"alembic_version", "mine"} <= tables

    with databases.temporary(database_engine) as another:
        assert tables - tables_of(another) == {"mine"}


def test_postgresql_keeps_text_as_utf8_and_times_in_utc(databases: Databases) -> None:
    with databases.temporary("postgresql", migrated=False) as url:
        assert answers(url, "SHOW server_encoding") == ["UTF8"]
        assert answers(url, "SHOW timezone") == ["UTC"]
