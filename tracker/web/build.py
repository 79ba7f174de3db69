"""Digests of the deployed code, templates and files, so that no page of one version is served by the next."""

import re
from base64 import b64encode
from dataclasses import replace
from functools import cache
from hashlib import blake2b, sha256
from pathlib import Path

from flask import Flask, current_app, url_for
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader
from markupsafe import Markup

from tracker.face import Face
from tracker.paths import PACKAGE, resource_dir
from tracker.settings import Settings

CODE, TEMPLATES, STATIC = PACKAGE, resource_dir("templates"), PACKAGE / "static"


def _small(css: str) -> str:
    """A stylesheet without its comments and without the spaces that are for people."""
    return re.sub(r"\s*([{};])\s*", r"\1", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()


def coloured(filename: str, face: Face) -> str:
    """A static file with the accents of the face in place of the usual ones."""
    text = (STATIC / filename).read_text(encoding="utf-8")
    return text.replace(Face.accent, face.accent).replace(Face.accent_dark, face.accent_dark)


def stylesheets(face: Face) -> dict[str, Markup]:
    """The stylesheets that stand in pages and cards, so that a phone paints without asking again."""
    return {name: Markup(_small(coloured(name, face))) for name in ("site.css", "card.css")}  # noqa: S704 (our own)


def style_hash(stylesheet: str) -> str:
    """A stylesheet's hash, by which the content security policy allows it."""
    return f"sha256-{b64encode(sha256(stylesheet.encode()).digest()).decode()}"


def face() -> Face:
    """The face of this site."""
    found: Face = current_app.config["FACE"]
    return found


def loader(face: Face) -> BaseLoader:
    """Return where templates are looked for: in the folder of the face, then among ours, which are in "ours/" too."""
    ours = FileSystemLoader(TEMPLATES)
    if not face.templates:
        return ours
    return ChoiceLoader([FileSystemLoader(face.templates), ours, PrefixLoader({"ours": ours})])


def digest(settings: Settings) -> bytes:
    """32 bytes, alike for two servers if code, templates, static files and settings are; a secret like the key."""
    found = blake2b(digest_size=32)
    theirs = [(Path(settings.face.templates), "*")] if settings.face.templates else []
    for folder, names in ((CODE, "*.py"), (TEMPLATES, "*"), (STATIC, "*"), *theirs):
        found.update(repr(digests(folder, names)).encode())
    # Not what differs between servers that share a database, so that each knows the other's entity tags.
    shown = replace(settings, database_url="", host="", port=0, workers=1, cache_mb=0, mail=None, read_only=False)
    found.update(repr(shown).encode() + settings.face.logo_png())
    return found.digest()


@cache
def digests(folder: Path, names: str) -> dict[str, str]:
    """Each file in the folder and below whose name fits, with the digest of its content; read once."""
    return {
        path.relative_to(folder).as_posix(): blake2b(path.read_bytes(), digest_size=8).hexdigest()
        for path in sorted(folder.rglob(names))
        if path.is_file()
    }


def version_of(filename: str) -> str | None:
    """Return what tells this static file from its earlier versions; None when there is no such file."""
    return digests(STATIC, "*").get(filename)


def static_file(filename: str) -> str:
    """The address of a static file, which names its version."""
    return url_for("static", filename=filename, v=version_of(filename))


def init_app(app: Flask) -> None:
    """Make the addresses of static files, and what is the site's own, known to templates."""
    app.add_template_global(static_file)
    app.jinja_env.globals |= {"face": app.config["FACE"], "stylesheets": app.config["STYLESHEETS"]}
