"""What every answer carries, and which requests are refused before anything else looks at them."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from werkzeug.exceptions import SecurityError
from werkzeug.wrappers import Response

from tracker.web.build import style_hash, version_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
EVERYBODY_MAY_FRAME = "frame-ancestors *"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# A cache in front may answer for five seconds, and for half a minute more while it asks for the next one.
PUBLIC = "public, max-age=5, stale-while-revalidate=30"
FOR_EVER = "public, max-age=31536000, immutable"
PRIVATE = "private, no-cache"
NEVER = "no-store"
VARY = "Accept-Encoding"
# What other sites' pages may read: the answers made for programs, by scripts in anybody's browser. They hold public
# records only and are the same for everybody, signed in or not.
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, X-Total-Count, ETag, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
FOREIGN = "The request came from another site."
HOST_LOST = (
    "The form was sent to {}, but reached this program as one for {}. Nothing was changed. Whoever runs the site: a "
    "proxy in front must pass on Host as it came (nginx: proxy_set_header Host $http_host; Apache: ProxyPreserveHost)."
)
A_DAY = "86400"
TWO_YEARS = "max-age=63072000; includeSubDomains"


def security_headers(is_production: bool, stylesheets: Iterable[str]) -> dict[str, str]:
    """Return the headers of every response; in production also Strict-Transport-Security."""
    policy = (
        "default-src 'none'",
        " ".join(("style-src 'self'", *(f"'{style_hash(sheet)}'" for sheet in stylesheets))),
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
    always = HEADERS | {"Content-Security-Policy": "; ".join(policy)}
    return always | ({"Strict-Transport-Security": TWO_YEARS} if is_production else {})


def refuse_two_hosts() -> None:
    """Refuse a request with two Host lines, which the server joins (RFC 9112, 3.2)."""
    if "," in request.headers.get("Host", ""):
        raise SecurityError


def refuse_foreign_posts() -> None:
    """Refuse a request that another site's page makes in a visitor's name (OWASP, "Fetch Metadata")."""
    if request.method in SAFE_METHODS:
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "")
    if site in {"cross-site", "same-site"}:
        abort(403, FOREIGN)
    if origin is not None and not _is_own(origin):
        if site == "same-origin" or origin == current_app.config["SITE_URL"]:
            abort(400, HOST_LOST.format(origin, request.host))
        abort(403, FOREIGN)


def add_headers(response: Response) -> Response:
    """Add the headers that every answer carries; only public ones may be kept by a cache."""
    for name, value in current_app.config["SECURITY_HEADERS"].items():
        response.headers.setdefault(name, value)
    if EVERYBODY_MAY_FRAME in response.headers["Content-Security-Policy"]:
        del response.headers["X-Frame-Options"]
    if request.path.startswith("/staff") or response.status_code >= 400 or request.method not in {"GET", "HEAD"}:
        response.headers["Cache-Control"] = NEVER
    elif request.endpoint == "static":
        version = version_of((request.view_args or {}).get("filename", ""))
        is_named = version is not None and request.args.get("v") == version
        response.headers["Cache-Control"] = FOR_EVER if is_named else PUBLIC
    elif current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        response.headers["Cache-Control"] = PRIVATE
    else:
        response.headers.setdefault("Cache-Control", PUBLIC)
    if response.headers["Cache-Control"].startswith("public"):
        response.vary.add(VARY)
    return response


def share(response: Response) -> Response:
    """Let scripts of other sites read the answer, unless it is a page; for a blueprint's `after_request`."""
    is_page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
    if is_page and request.method != "OPTIONS":
        return response
    response.headers.update(SHARED)
    if request.method == "OPTIONS":  # what scripts may send (Fetch, "CORS-preflight request")
        response.status_code = 204
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
        response.headers["Access-Control-Allow-Headers"] = "*"
        response.headers["Access-Control-Max-Age"] = A_DAY
        del response.headers["Content-Type"]
    return response


def init_app(app: Flask) -> None:
    """Put the checks in front of every request and the headers on every answer."""
    app.before_request(refuse_two_hosts)
    app.before_request(refuse_foreign_posts)
    app.after_request(add_headers)


def _is_own(origin: str) -> bool:
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:
        return False
