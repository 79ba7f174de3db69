"""Which links may be published, and where a person may be sent after signing in."""

from urllib.parse import urlsplit

URL_LENGTH = 2000


def check_url(text: str) -> str | None:
    """Why a link cannot be published, or None. Only http and https addresses with a host pass."""
    if len(text) > URL_LENGTH:
        return f"The address is longer than {URL_LENGTH} characters."
    if any(character.isspace() for character in text):
        return "An address has no spaces. Copy it again from the browser's address bar."
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "This is not a valid address. Copy it again from the browser's address bar."
    if parts.scheme not in {"http", "https"}:
        return "The address must begin with https:// or http://."
    if not host or "." not in host.strip("."):
        return "The address must name a public website, such as https://www.legislation.gov.uk/."
    if parts.username is not None or parts.password is not None:
        return "The address must not carry a user name or a password."
    return None


def is_local_path(text: str) -> bool:
    """Whether the text is a path of this site and nothing that a browser reads as another site."""
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return False
    if any(ord(character) <= 0x20 or ord(character) == 0x7F for character in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
