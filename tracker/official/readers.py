"""The readers of the official record, by source, in the order in which they are asked."""

from collections.abc import Mapping

from tracker.official.looking import Reader

READERS: Mapping[str, Reader] = {}
