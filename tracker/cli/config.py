"""The command that prints the settings."""

import os
import re

import click

from tracker.settings import Settings

PASSWORDS = re.compile(r"(://[^:/]*:).*(?=@)|(password=)[^&]*", re.IGNORECASE)


@click.command()
def config() -> None:
    """Print the settings in force, without secrets.

    What is set comes as NAME=value, and what is as usual behind a # as in a file .env.
    """
    settings = Settings.from_env()
    address = {
        "DATABASE_URL": PASSWORDS.sub(r"\1\2***", settings.database_url),
        "SECRET_KEY": "***",
        "TRACKER_SITE_URL": settings.site_url,
    }
    for name, value in sorted({**settings.variables, **address}.items()):
        as_written = f'"{value}"' if value.startswith("#") else value  # else it would be a comment
        click.echo(f"{'' if os.environ.get(name) else '# '}{name}={as_written}")
