"""Which browser on which kind of machine, in words that its owner recognises."""

import re

BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Mac OS X", "a Mac"), ("Linux", "Linux"),
)  # fmt: skip
UNKNOWN = "Unknown browser"


def device_hint(user_agent: str) -> str:
    """ "Firefox on Linux"; made of our own words only, whatever the browser says of itself."""
    browser = next((name for mark, name in BROWSERS if re.search(rf"\b{mark}\w*/", user_agent)), UNKNOWN)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
