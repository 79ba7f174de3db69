"""Who may do what, and accounts: passwords, and what a browser is called."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.rules.errors import NotAllowed
from tracker.rules.people import (
    COMMAND_LINE,
    LONGEST,
    SEEDS,
    SHORTEST,
    Action,
    Actor,
    Role,
    check_password,
    device_hint,
)

# The actions of a role, written out: a change of rights is a change of this table. Each has those of the role above.
DRAFTS = {Action.READ, Action.DRAFT}
EDITS = DRAFTS | {Action.EDIT, Action.PUBLISH}
TABLE = {Role.CONTRIBUTOR: DRAFTS, Role.EDITOR: EDITS, Role.ADMIN: set(Action)}


def test_a_role_may_do_what_the_table_says_and_a_refusal_names_both() -> None:
    for role, action in product(Role, Action):
        actor = Actor("Somebody", role, 1)
        assert actor.may(action) is (action in TABLE[role])
        if actor.may(action):
            actor.require(action)
        else:
            with pytest.raises(NotAllowed, match=f"Your role, {role.value}, may not {action.value}"):
                actor.require(action)


def test_the_command_line_and_the_seeds_are_admins_and_no_persons() -> None:
    assert COMMAND_LINE.role is SEEDS.role is Role.ADMIN
    assert (COMMAND_LINE.id, SEEDS.id) == (None, None)
    assert COMMAND_LINE.name != SEEDS.name


EMAIL, NAME = "ada.lovelace@example.org", "Ada Byron"
ACCEPTED = [
    "correct pony battery stapler", "zebra lamp abcdefgh candle", "twelve monkeys!", "  outer spaces count  ",
    "пароль длиной более пятнадцати", "👩‍⚖️🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧", "tracker of unrelated purple lamps",
    "ab1d!" * 25 + "xyz", "\x00control\x07characters count",
]  # fmt: skip
REFUSED = {
    "at least 15": ["", "abcdefghijklmn"],
    "at most 128": ["abcde" * 26, "x" * 1_000_000],
    "repeats too few": ["AaAaAaAaAaAaAaAa", "abcdabcdabcdabcd"],
    "easy to guess": [
        "PassWordPASSWORD12", "trackersanctions1", "ADA.LOVELACE@EXAMPLE.ORG", "ada.lovelacetracker12345",
        "Correct-Horse-Battery-Staple!", "qwertyuiop12345", "1qaz2wsx3edc4rfv", "poiuytrewqlkjhgfdsa",
        "abcdefghijklmno", "P@ssw0rd2024P@ssw0rd", "LiverpoolFootball1", "lovelacelovelace2026",
    ],
    "again and again": ["zebra crossing zebra crossing", "zebracrossing1zebracrossing2", "bicyclebicycle--",
                        "Byron1815Byron1815"],
}  # fmt: skip
# Those of 15 characters or more among the ten thousand of a ranking: see the head of rules/common_passwords.txt.
RANKED = """
d41d8cd98f00b204e9800998ecf8427e PolniyPizdec0211 PolniyPizdec110211 PolniyPizdec1102 1q2w3e4r5t6y7u8i9o0p
123456789987654321 123456789123456789 e10adc3949ba59abbe56e057f20f883e 1b78ef23aa2506f41feecfcc45b66038
YfDbUfNjH10305070 b9399f21060d4b5fcb6d3cf5fea8de 827ccb0eea8a706c4c34a16891f84e7b 7253497a5e31bd64
12345678900987654321 1q2w3e4r5t6y7u8i9o 1q2w3e4r5t6y7u8i 319f4d26e3c536b5dd871bb2c52e3178 john!20130605at1753
theworldinyourhand
"""
CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def test_long_passwords_of_any_characters_are_accepted_and_those_that_are_easy_to_guess_refused() -> None:
    for password in ACCEPTED:
        assert {check_password(password, email) for email in (EMAIL, "", "@", "@example.org")} == {None}, password
    for why, texts in REFUSED.items():
        assert [text for text in texts if why not in (check_password(text, EMAIL, NAME) or "accepted")] == []
    for password in (*RANKED.split(), "концертных площадок и умных студентов:"):
        assert "easy to guess" in (check_password(password, EMAIL) or "accepted"), password
        assert check_password(f"{password} zebra crossing", EMAIL) is None, "only the whole of it is common"

    assert check_password("Wollstonecraft 1792", EMAIL, "Mary Wollstonecraft") is not None
    assert check_password("Wollstonecraft 1792", EMAIL, NAME) is None, "the name counts only for its owner"


@settings(max_examples=25)
@given(st.text(max_size=2 * LONGEST), st.emails())
def test_no_password_makes_the_check_fail_and_what_passes_is_long_enough(password: str, email: str) -> None:
    if check_password(password, email) is None:
        assert SHORTEST <= len(password) <= LONGEST


def test_a_browser_in_words() -> None:
    hints = {
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on Linux",
        CHROME.format("Windows NT 10.0; Win64; x64"): "Chrome on Windows",
        CHROME.format("Windows NT 10.0; Win64; x64") + " Edg/140.0.0.0": "Edge on Windows",
        CHROME.format("Linux; Android 10; K"): "Chrome on Android",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile/1 Safari/604.1": "Safari on an iPhone",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15": "Safari on a Mac",
        "Firefox\x00/é<script>alert(1)</script>": "Unknown browser",
    }
    assert {agent: device_hint(agent) for agent in hints} == hints
