"""The cookie of a device from which a person has signed in before (OWASP, "Device cookies").

It opens nothing. It lets its owner try a password while strangers' failures keep everybody else waiting.
"""

import secrets
from wsgiref.types import WSGIEnvironment

from flask import Flask, Request, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from tracker.rules.people import device_hint
from tracker.services.sessions import digest

DAYS = 180


def device_in_words() -> str:
    """The browser of this request, as its owner recognises it."""
    return device_hint(request.user_agent.string)


def known_device(email: str) -> str:
    """The number of this device, when somebody signed in from it to this account before; else empty."""
    account, number = _device(request)
    return number if account == _account(email) else ""


def was_signed_in(app: Flask, environ: WSGIEnvironment) -> bool:
    """True if somebody gave a password in this browser before; signatures tell, and no database is asked."""
    asked = app.request_class(environ)
    with app.app_context():
        opened = app.session_interface.open_session(app, asked)
        return (opened is not None and "token" in opened) or any(_device(asked))


def remember_device(email: str) -> None:
    """Let the answer to this request carry the cookie; it is sent to the staff area only."""
    number = known_device(email) or secrets.token_urlsafe(16)
    value = _serializer().dumps([_account(email), number])
    is_production = bool(current_app.config["IS_PRODUCTION"])

    @after_this_request
    def set_cookie(response: Response) -> Response:
        age = DAYS * 24 * 60 * 60
        response.set_cookie(
            _name(), str(value), age, path="/staff", secure=is_production, httponly=True, samesite="Lax"
        )
        return response


def _device(asked: Request) -> tuple[str, str]:
    """The account and the number in the cookie of this device; empty unless we made it."""
    try:
        account, number = _serializer().loads(asked.cookies.get(_name(), ""))
    except (BadSignature, ValueError, TypeError):
        return "", ""
    return str(account), str(number)


def _name() -> str:
    return "__Secure-device" if current_app.config["IS_PRODUCTION"] else "device"


def _account(email: str) -> str:
    return digest(f"account {email.casefold()}")


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known device")
