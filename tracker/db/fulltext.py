"""The index of words: FTS5 on SQLite, tsvector on PostgreSQL. It holds stems, made before they come here.

Each ask has three texts: its title, its wording and its story. A search is for asks in which all words stand.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

# For each depth of search: in which texts the words must stand, as each engine says it.
DEPTHS = (("{title}", "A"), ("{title wording}", "AB"), ("{title wording story}", "ABC"))
DEEPEST = len(DEPTHS) - 1
WEIGHTS = "ABC"
_WRITE = {
    "sqlite": sa.text(
        "INSERT OR REPLACE INTO ask_search (rowid, title, wording, story) VALUES (:id, :title, :wording, :story)"
    ),
    "postgresql": sa.text(
        "INSERT INTO ask_search (ask_id, words) VALUES (:id, CAST(:words AS tsvector))"
        " ON CONFLICT (ask_id) DO UPDATE SET words = excluded.words"
    ),
}
_DELETE = {
    "sqlite": sa.text("DELETE FROM ask_search WHERE rowid = :id"),
    "postgresql": sa.text("DELETE FROM ask_search WHERE ask_id = :id"),
}
_INDEX = sa.table("ask_search")
_HOLDS = {
    "sqlite": sa.text(
        "SELECT 1 FROM ask_search WHERE rowid = :id AND title = :title AND wording = :wording AND story = :story"
    ),
    "postgresql": sa.text("SELECT 1 FROM ask_search WHERE ask_id = :id AND words = CAST(:words AS tsvector)"),
}
Texts = tuple[Sequence[str], Sequence[str], Sequence[str]]


def write(session: Session, texts: Mapping[int, Texts | None]) -> None:
    """Replace what the index holds of asks: the stems of title, wording and story; None: nothing."""
    name = session.get_bind().dialect.name
    if gone := [{"id": ask_id} for ask_id, of_ask in texts.items() if not of_ask]:
        session.execute(_DELETE[name], gone)
    if held := [{"id": ask_id, **_VALUES[name](of_ask)} for ask_id, of_ask in texts.items() if of_ask]:
        session.execute(_WRITE[name], held)


def clear(session: Session) -> None:
    """Empty the index."""
    session.execute(sa.text("DELETE FROM ask_search"))


def forget(session: Session) -> None:
    """Let nothing be left of what was replaced: SQLite goes on keeping it in the parts of the index that are older."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.text("INSERT INTO ask_search (ask_search) VALUES ('optimize')"))


def holds(session: Session, ask_id: int, texts: Texts) -> bool:
    """True if the index holds just these texts of an ask."""
    name = session.get_bind().dialect.name
    return session.scalar(_HOLDS[name], {"id": ask_id, **_VALUES[name](texts)}) is not None


def indexed(session: Session) -> sa.Select[int]:
    """Return a statement that finds the ids of the asks of which the index holds anything."""
    column: sa.ColumnClause[int] = sa.column("rowid" if session.get_bind().dialect.name == "sqlite" else "ask_id")
    return sa.select(column).select_from(_INDEX)


def found(session: Session, words: Sequence[str], depth: int, *, as_beginnings: bool = False) -> sa.Select[int]:
    """Return a statement that finds the ids of the asks in which all stems stand, no deeper than `depth`.

    With `as_beginnings` longer words that begin with them count too.
    """
    (columns, weights), star = DEPTHS[depth], "*" if as_beginnings else ""
    if session.get_bind().dialect.name == "sqlite":
        query = f"{columns} : (" + " AND ".join(f'"{_plain(word)}"{star}' for word in words) + ")"
        return indexed(session).where(sa.column("ask_search").op("MATCH")(sa.literal(query)))
    query = " & ".join(f"'{_plain(word)}':{star}{weights}" for word in words)
    return indexed(session).where(sa.column("words").op("@@")(sa.cast(sa.literal(query), TSQUERY)))


def holding(session: Session, parts: Sequence[str]) -> sa.Select[int]:
    """Return a statement that finds the ids of the asks whose words hold all these parts; it reads the whole index."""
    all_words = _ALL_WORDS[session.get_bind().dialect.name]
    return indexed(session).where(*(all_words.contains(_plain(part), autoescape=True) for part in parts))


def _columns(texts: Texts) -> dict[str, str]:
    return {name: " ".join(map(_plain, text)) for name, text in zip(("title", "wording", "story"), texts, strict=True)}


def _vector(texts: Texts) -> dict[str, str]:
    """The vector as PostgreSQL writes it, so that its own parser does not cut the words anew."""
    words = {(_plain(word), weight) for text, weight in zip(texts, WEIGHTS, strict=True) for word in text}
    return {"words": " ".join(f"'{word}':1{weight}" for word, weight in sorted(words))}


@lru_cache(maxsize=50_000)
def _plain(word: str) -> str:
    """The word in ASCII letters and digits, which both engines take as one word."""
    return word if word.isascii() and word.isalnum() else f"x{word.encode().hex()}"


_ALL_WORDS: Mapping[str, sa.ColumnElement[str]] = {
    "sqlite": sa.literal_column("title || ' ' || wording || ' ' || story", sa.String),
    "postgresql": sa.cast(sa.column("words"), sa.String),
}
_VALUES = {"sqlite": _columns, "postgresql": _vector}
