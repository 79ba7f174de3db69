"""What a browser says of itself, in words of our own."""

import pytest

from tracker.rules.accounts import device_hint

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "hint"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (CHROME.format("Windows NT 10.0; Win64; x64"), "Chrome on Windows"),
        (CHROME.format("Windows NT 10.0; Win64; x64") + " Edg/140.0.0.0", "Edge on Windows"),
        (CHROME.format("Linux; Android 10; K"), "Chrome on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile/1 Safari/604.1",
            "Safari on an iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15", "Safari on a Mac"),
        ("", "Unknown browser"),
        ("<script>alert(1)</script>", "Unknown browser"),
        ("Firefox\x00/é", "Unknown browser"),
    ],
)
def test_a_browser_in_words(user_agent: str, hint: str) -> None:
    assert device_hint(user_agent) == hint
