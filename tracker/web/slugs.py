"""Addresses under a slug that an ask had before."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.queries import public
from tracker.web.session import db


def lead_on(slug: str) -> Response:
    """Send on to the same address under the ask's present slug; not found when no ask ever had this one."""
    slug_now = public.find_slug_now(db(), slug)
    return redirect(url_for(request.endpoint or "", slug=slug_now), 301) if slug_now else abort(404)
