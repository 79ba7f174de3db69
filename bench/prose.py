"""Sentences made of these words, the same for the same random numbers."""

from random import Random

from bench.words import ACTS, COMMON, ENDINGS, NOUNS, PLACES, RARE, SECOND, THINGS, VERBS
from tracker.rules.text import slugify

RARE_ASKS = frozenset({7, 29, 41})


def title(random: Random, number: int) -> str:
    """What was asked, in short."""
    words = f"{random.choice(VERBS)} {random.choice(THINGS)} in {random.choice(PLACES)}"
    if number in RARE_ASKS:
        return f"{words}, as {RARE.capitalize()} asked"
    return f"{words}, as the {COMMON} says" if number % 5 < 3 else words


def slug(title: str, number: int) -> str:
    """The short name in the address; the number keeps it from standing twice."""
    return f"{slugify(title)[:60].strip('-')}-{number}"


def sentence(random: Random) -> str:
    """One sentence of eight to fourteen words."""
    one, other = random.choice(NOUNS), random.choice(NOUNS)
    return f"The {one} {random.choice(ACTS)} the {other} {random.choice(ENDINGS)}."


def paragraph(random: Random, number: int) -> str:
    """A few sentences; `number` decides how many, and whether one of the common words is among them."""
    said = [sentence(random) for _ in range(1 + number % 3)]
    return " ".join([*said, f"The {SECOND} gave no date."] if number % 3 else said)
