"""What other sites' pages may read: the answers made for programs, by scripts in anybody's browser.

They hold public records only and are the same for everybody, signed in or not.
"""

from flask import request
from werkzeug.wrappers import Response

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, X-Total-Count, ETag, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
A_DAY = "86400"


def share(response: Response) -> Response:
    """Let scripts of other sites read the answer, unless it is a page; for a blueprint's `after_request`."""
    is_page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
    if is_page and request.method != "OPTIONS":
        return response
    response.headers.update(HEADERS)
    if request.method == "OPTIONS":
        _answer_preflight(response)
    return response


def _answer_preflight(response: Response) -> None:
    """Say what scripts may send (Fetch, "CORS-preflight request")."""
    response.status_code = 204
    response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
    response.headers["Access-Control-Allow-Headers"] = "*"
    response.headers["Access-Control-Max-Age"] = A_DAY
    del response.headers["Content-Type"]
