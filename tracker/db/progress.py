"""How long work says how far it is."""

from collections.abc import Callable

# Told again and again: by a copy how many bytes it has, by work on rows how many more of them are done.
Progress = Callable[[int], None]
