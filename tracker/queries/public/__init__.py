"""The only door for public pages: published records only, with public fields only."""

from tracker.queries.public.asks import (
    count_by_family,
    count_by_status,
    find_ask,
    find_slug_now,
    list_asks,
    list_sources,
    list_topics,
)
from tracker.queries.public.laws import find_key_of, find_law, list_laws
from tracker.queries.public.updates import count_updates, list_updates

__all__ = [
    "count_by_family",
    "count_by_status",
    "count_updates",
    "find_ask",
    "find_key_of",
    "find_law",
    "find_slug_now",
    "list_asks",
    "list_laws",
    "list_sources",
    "list_topics",
    "list_updates",
]
