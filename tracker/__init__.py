"""The tracker: what became of the things that somebody asked to be done."""

__version__ = "0.1.0"
