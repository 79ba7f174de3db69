"""The readers of the official record, by source, in the order in which they are asked."""

from collections.abc import Mapping

from tracker.official.designations import look_at_list
from tracker.official.looking import Reader

READERS: Mapping[str, Reader] = {"sanctions": look_at_list}
