"""The only door for public pages: published records only, with public fields only."""

from tracker.queries.public.asks import find_ask, find_history, find_slug_now, list_former_slugs
from tracker.queries.public.choices import Cell, count_cells, find_choices
from tracker.queries.public.counts import (
    count_by_family,
    count_by_status,
    count_by_year,
    find_last_change,
    find_years,
    sum_by_status,
)
from tracker.queries.public.fitting import find_law_title, find_near
from tracker.queries.public.laws import find_key_of, find_law, list_laws
from tracker.queries.public.listing import find_groups, find_page
from tracker.queries.public.rows import find_checkpoint, find_latest_checkpoint
from tracker.queries.public.sources import find_body, find_source, list_bodies, list_passages, list_sources
from tracker.queries.public.targets import find_regime, find_sanctions
from tracker.queries.public.unknown import list_unknown
from tracker.queries.public.updates import count_updates, list_ended_disputes, list_takings_down, list_updates
