"""Which parameters an address may carry: a mistyped filter must not look like an answer."""

from flask import request

from tracker.queries.public.filters import UnknownFilter

# What search engines, newsletters and social networks hang on the links that they pass on.
MARKS_OF_OTHERS = ("utm_", "mtm_", "mc_", "fbclid", "gclid", "msclkid", "dclid", "twclid", "igshid")
SHOWN_LENGTH = 40


def expect(*names: str) -> None:
    """Raise UnknownFilter for a parameter of the request that is none of these, or that is given twice."""
    for name, values in request.args.lists():
        if name.startswith(MARKS_OF_OTHERS):
            continue
        if name not in names:
            raise UnknownFilter(f"This address has no filter called “{name[:SHOWN_LENGTH]}”.")
        if len(values) > 1:
            raise UnknownFilter(f"“{name}” is given twice. Give it once.")
