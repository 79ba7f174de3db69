"""The file .env, read as systemd reads an EnvironmentFile.

Where systemd, or the dotenv readers in use, could take a line to say something else, the line is refused: a key that
two programs read differently would lock everybody out.
"""

import re
from collections.abc import Iterator, MutableMapping
from pathlib import Path

from tracker.settings import SettingsError

NOTHING = re.compile(r"[ \t]*(#.*)?", re.ASCII)
NAME = r"[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*="
VALUE = r"""[ \t]*(?:'([^'\\]*)'|"([^"\\]*)"|([^\s'"#;\\](?:(?![ \t]#)[^\\])*)?)[ \t]*"""
LINE = re.compile(NAME + VALUE, re.ASCII)
HOW = (
    "programs read this line in different ways. Write NAME=value, with a comment on a line of its own that begins "
    "with #, without backslashes and ${…}, and with a value that has quotes in quotes of the other kind"
)


def load(path: Path, environ: MutableMapping[str, str]) -> None:
    """Add what the file says to the environment, which wins; raises SettingsError that names each wrong line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"{path}: cannot be read: {why}. Mend it, or take it away.") from None
    read: dict[str, str] = {}
    if wrong := list(_read(text, read)):
        raise SettingsError("\n".join(f"{path}, line {number}: {why}." for number, why in wrong))
    for name, value in read.items():
        environ.setdefault(name, value)


def _read(text: str, read: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Fill in what stands there, and yield what is wrong with which line; never a value, which may be secret."""
    for number, line in enumerate(text.split("\n"), 1):
        if NOTHING.fullmatch(line) and not line.endswith("\\"):
            continue
        found = LINE.fullmatch(line)
        if not found or "${" in line or not line.replace("\t", " ").isprintable():
            yield number, HOW
        elif found[1] in read:
            yield number, f"{found[1]} stands there twice"
        else:
            read[found[1]] = found[2] or found[3] or (found[4] or "").rstrip(" \t")
