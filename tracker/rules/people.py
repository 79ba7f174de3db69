"""People: who may do what, which passwords are accepted, and what a person's browser is called."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from tracker.rules.errors import NotAllowed
from tracker.rules.text import Choice

SHORTEST, LONGEST = 15, 128
LEAST_REST = SHORTEST // 2
SITE_WORDS = ("tracker", "sanctions", "magnitsky", "policy", "campaign")
FEWEST_CHARACTERS = 5
SHORTEST_WORD = 4
LOOKALIKES = str.maketrans("@031$5!", "aoelssi")
ADVICE = "Three or four unrelated words make a good password."
BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Mac OS X", "a Mac"), ("Linux", "Linux"),
)  # fmt: skip


class Role(Choice):
    """What a member of staff is trusted with."""

    CONTRIBUTOR = "contributor"
    EDITOR = "editor"
    ADMIN = "admin"


class Action(StrEnum):
    """A thing that staff do."""

    READ = "read the staff area"
    DRAFT = "write drafts of updates"
    EDIT = "edit asks, tests, sources, legislation and links"
    PUBLISH = "publish"
    MANAGE_PEOPLE = "manage people"
    EXPORT_LOG = "export the event log"
    TAKE_DOWN = "take words out of public texts"
    SET_PUBLISHERS = "change the table of publishers"


CONTRIBUTOR_ACTIONS = frozenset({Action.READ, Action.DRAFT})
EDITOR_ACTIONS = CONTRIBUTOR_ACTIONS | {Action.EDIT, Action.PUBLISH}
# The one table that routes, templates and services use alike.
ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.CONTRIBUTOR: CONTRIBUTOR_ACTIONS,
    Role.EDITOR: EDITOR_ACTIONS,
    Role.ADMIN: EDITOR_ACTIONS | {Action.MANAGE_PEOPLE, Action.EXPORT_LOG, Action.TAKE_DOWN, Action.SET_PUBLISHERS},
}


@dataclass(frozen=True)
class Actor:
    """Who makes a change: a person, or (id None) the command line or the seeds."""

    name: str
    role: Role
    id: int | None = None
    request_id: str = ""

    def may(self, action: Action) -> bool:
        """True if the role permits the action."""
        return action in ALLOWED[self.role]

    def require(self, action: Action) -> None:
        """Raise NotAllowed unless the role permits the action."""
        if not self.may(action):
            raise NotAllowed(f"Your role, {self.role.label.lower()}, may not {action.value}.")


SEEDS = Actor("Seeds", Role.ADMIN)
COMMAND_LINE = Actor("Command line", Role.ADMIN)
UNKNOWN = Actor("Somebody not signed in", Role.CONTRIBUTOR)


def check_password(password: str, email: str, name: str = "") -> str | None:
    """Return why a password is refused, or None. Every character counts as it was typed.

    By NIST SP 800-63B-4 section 3.1.1: length over composition, no expiry. Hardly any of the ten thousand most common
    ones has fifteen characters. What is long and still easy to guess is made of common words: one of them twice, a row
    of keys and a number, a name and a year. So a password is refused when hardly anything is left of it once the words
    of a list, of this site and of the person are taken out.
    """
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. {ADVICE}"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    folded = password.casefold()
    if len(set(folded)) < FEWEST_CHARACTERS:
        return f"This repeats too few characters. {ADVICE}"
    is_phrase = "".join(filter(str.isalnum, folded)) in _common()  # one of the long ones, whatever stands between words
    if is_phrase or len(_rest(folded, _own_words(email, name))) < LEAST_REST:
        return "This is made mostly of words that are easy to guess here. Choose unrelated words."
    if re.fullmatch(r"(.+?)\1+", re.sub(r"[\W\d_]+", "", folded)):
        return f"This says the same thing again and again. {ADVICE}"
    return None


def _own_words(email: str, name: str) -> list[str]:
    """Return what others know of a person: the e-mail address, its parts, and the parts of the name."""
    address = email.casefold()
    parts = re.split(r"[\W\d_]+", f"{address} {name.casefold()}")
    return [address, address.partition("@")[0], *(part for part in parts if len(part) >= SHORTEST_WORD)]


def _rest(folded: str, own: list[str]) -> str:
    """Return what is left of a password without common words, read as typed and then with look-alikes as letters."""
    words = sorted({*own, *SITE_WORDS, *_common()} - {""}, key=lambda word: (-len(word), word))
    return _without(words, _without(words, folded).translate(LOOKALIKES))


def _without(words: list[str], text: str) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


@cache
def _common() -> frozenset[str]:
    """Return the list of common passwords and words."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def device_hint(user_agent: str) -> str:
    """Return "Firefox on Linux": words of our own only, whatever the browser says of itself."""
    browser = next((name for mark, name in BROWSERS if re.search(rf"\b{mark}\w*/", user_agent)), "Unknown browser")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
