"""What every answer carries, and which requests are refused before anything else looks at them."""

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from werkzeug.wrappers import Response

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TWO_YEARS = "max-age=63072000; includeSubDomains"


def refuse_foreign_posts() -> None:
    """Refuse a request that another site's page makes in a visitor's name (OWASP, "Fetch Metadata")."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    is_foreign = request.headers.get("Sec-Fetch-Site", "same-origin") in {"cross-site", "same-site"}
    if is_foreign or (origin is not None and not _is_own(origin)):
        abort(403, "The request came from another site.")


def add_headers(response: Response) -> Response:
    """Add the headers; a page for staff is never kept by a cache, a public one is asked for again."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["IS_PRODUCTION"]:
        response.headers["Strict-Transport-Security"] = TWO_YEARS
    if request.path.startswith("/staff") or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "no-cache")
        if request.method in {"GET", "HEAD"} and response.status_code == 200 and not response.is_streamed:
            response.add_etag()
            response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Put the checks in front of every request and the headers on every answer."""
    app.before_request(refuse_foreign_posts)
    app.after_request(add_headers)


def _is_own(origin: str) -> bool:
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:
        return False
