"""The declarative base, and column types that mean the same on SQLite and on PostgreSQL."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column, relationship
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from tracker.rules.dates import PartialDate

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# Partial dates that came into the schema without a check of their shape.
UNCHECKED = frozenset({"ask.disputed_on", "ask.answer_due_on", "status_span.happened_on"})
# The rows that belong to another; a query says which of them it loads, and what it did not load is not there.
related = partial(relationship, lazy="raise_on_sql")
BETWEEN_NAMES = "\x1f"  # no text of ours can hold it


def sortable(length: int) -> sa.String:
    """Text that both engines sort by its code points."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; refuses naive values, and answers aware ones on both engines."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PartialDateColumn(TypeDecorator[PartialDate]):
    """A date known to the day, the month or the year, stored as its ISO text, which sorts in time."""

    impl = sortable(10)
    cache_ok = True

    def process_bind_param(self, value: PartialDate | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else value.text

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> PartialDate | None:
        return None if value is None else _partial_date(value)


@lru_cache(maxsize=10_000)
def _partial_date(text: str) -> PartialDate:
    """Long lists have the same few thousand dates again and again."""
    return PartialDate(text)


class Base(DeclarativeBase):
    """All tables. Constraint names follow one convention, so that errors name them predictably.

    A column has the type that the map gives for its annotation, unless it names another.
    """

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {str: sa.Text, datetime: UtcDateTime, PartialDate: PartialDateColumn}

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str:
        """A table has the name of its class, in small letters with underscores."""
        return re.sub("(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class StoredList(FunctionElement[str]):
    """A list that is kept as JSON, as the text by which rows are grouped: only PostgreSQL has to make one of it."""

    type = sa.Text()
    inherit_cache = True


@compiles(StoredList)
def _as_it_is(element: StoredList, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(StoredList, "postgresql")
def _as_text(element: StoredList, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS TEXT)"


class JoinedNames(TypeDecorator[list[str]]):
    """The names of several rows, joined in one text, as a list; none are an empty one."""

    impl = sa.Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> list[str]:
        return value.split(BETWEEN_NAMES) if value else []


def enum_column(enum: type[StrEnum], name: str, begins: StrEnum | None = None) -> MappedColumn[Any]:
    """A text column that accepts only the enum's values, by a CHECK constraint `name`; `begins` is its default."""
    values = sa.Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )
    return mapped_column(values, server_default=begins and begins.value)


@sa.event.listens_for(sa.Column, "after_parent_attach")
def _check_shape(column: sa.Column[object], table: sa.Table) -> None:
    """Every partial date has the shape 2018, 2018-03 or 2018-03-19, or is missing."""
    if isinstance(column.type, PartialDateColumn) and f"{table.name}.{column.name}" not in UNCHECKED:
        shapes = " OR ".join(f"{column.name} LIKE '{shape}'" for shape in ("____", "____-__", "____-__-__"))
        check = sa.CheckConstraint(f"{column.name} IS NULL OR {shapes}", name=f"{column.name}_shape")
        table.append_constraint(check)


class Versioned:
    """A record that staff edit: `version` counts its edits, so that a stale edit is noticed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
