"""The index of words: FTS5 on SQLite, tsvector on PostgreSQL. It holds stems, made before they come here.

Each ask has three texts: its title, its wording and its story. A search is for asks in which all words stand.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

# For each depth of search: in which texts the words must stand, as each engine says it.
DEPTHS = (("{title}", "A"), ("{title wording}", "AB"), ("{title wording story}", "ABC"))
WEIGHTS = "ABC"
_INSERT = {
    "sqlite": sa.text("INSERT INTO ask_search (rowid, title, wording, story) VALUES (:id, :title, :wording, :story)"),
    "postgresql": sa.text("INSERT INTO ask_search (ask_id, words) VALUES (:id, CAST(:words AS tsvector))"),
}
_DELETE = {
    "sqlite": sa.text("DELETE FROM ask_search WHERE rowid = :id"),
    "postgresql": sa.text("DELETE FROM ask_search WHERE ask_id = :id"),
}
_FIND = {
    "sqlite": sa.text("SELECT rowid FROM ask_search WHERE ask_search MATCH :query ORDER BY rowid DESC LIMIT :most"),
    "postgresql": sa.text(
        "SELECT ask_id FROM ask_search WHERE words @@ CAST(:query AS tsquery) ORDER BY ask_id DESC LIMIT :most"
    ),
}
_HOLDS = {
    "sqlite": sa.text(
        "SELECT 1 FROM ask_search WHERE rowid = :id AND title = :title AND wording = :wording AND story = :story"
    ),
    "postgresql": sa.text("SELECT 1 FROM ask_search WHERE ask_id = :id AND words = CAST(:words AS tsvector)"),
}
Texts = tuple[Sequence[str], Sequence[str], Sequence[str]]


def write(session: Session, texts: Mapping[int, Texts | None]) -> None:
    """Replace what the index holds of asks: the stems of title, wording and story; None: nothing."""
    session.execute(_DELETE[session.get_bind().dialect.name], [{"id": ask_id} for ask_id in texts])
    write_many(session, [(ask_id, of_ask) for ask_id, of_ask in texts.items() if of_ask])


def write_many(session: Session, rows: Sequence[tuple[int, Texts]]) -> None:
    """Add asks that the index does not hold yet."""
    if rows:
        name = session.get_bind().dialect.name
        session.execute(_INSERT[name], [{"id": ask_id, **_VALUES[name](texts)} for ask_id, texts in rows])


def clear(session: Session) -> None:
    """Empty the index."""
    session.execute(sa.text("DELETE FROM ask_search"))


def holds(session: Session, ask_id: int, texts: Texts) -> bool:
    """Whether the index holds just these texts of an ask."""
    name = session.get_bind().dialect.name
    return session.scalar(_HOLDS[name], {"id": ask_id, **_VALUES[name](texts)}) is not None


def indexed(session: Session) -> sa.Select[int]:
    """The ids of the asks of which the index holds anything."""
    column: sa.ColumnClause[int] = sa.column("rowid" if session.get_bind().dialect.name == "sqlite" else "ask_id")
    return sa.select(column).select_from(sa.table("ask_search"))


def find(session: Session, words: Sequence[str], most: int) -> dict[int, int]:
    """The newest asks, `most` at the most, in which all stems stand; each with its depth, 0 for those in the title."""
    name = session.get_bind().dialect.name
    found: dict[int, int] = {}
    for depth, (columns, weights) in enumerate(DEPTHS):
        if name == "sqlite":
            query = f"{columns} : (" + " AND ".join(f'"{_plain(word)}"' for word in words) + ")"
        else:
            query = " & ".join(f"'{_plain(word)}':{weights}" for word in words)
        for ask_id in session.scalars(_FIND[name], {"query": query, "most": most}):
            found.setdefault(ask_id, depth)
    return dict(list(found.items())[:most])


def _columns(texts: Texts) -> dict[str, str]:
    return {name: " ".join(map(_plain, text)) for name, text in zip(("title", "wording", "story"), texts, strict=True)}


def _vector(texts: Texts) -> dict[str, str]:
    """The vector as PostgreSQL writes it, so that its own parser does not cut the words anew."""
    words = {(_plain(word), weight) for text, weight in zip(texts, WEIGHTS, strict=True) for word in text}
    return {"words": " ".join(f"'{word}':1{weight}" for word, weight in sorted(words))}


def _plain(word: str) -> str:
    """The word in ASCII letters and digits, which both engines take as one word."""
    return word if word.isascii() and word.isalnum() else f"x{word.encode().hex()}"


_VALUES = {"sqlite": _columns, "postgresql": _vector}
