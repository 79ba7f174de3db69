"""What a user typed is never lost: an unsaved form is carried through the sign-in, or shown again to be sent."""

from flask import current_app, flash, render_template, request

from tracker.rules.checks import is_local_path
from tracker.rules.text import showable
from tracker.web.forms.people import ConfirmPasswordForm, SignInForm

SIGNING_IN = frozenset({"auth.sign_in", "auth.code"})
NOT_KEPT = frozenset({"csrf_token", "restore", "password", "current", "code"})
KEPT = "kept."
SESSION_ENDED = "The form was sent in a session that had ended. Nothing was changed."


def asked_for() -> str:
    """The address of this request with its filters, to come back to; without them if they are no part of a safe one."""
    path = request.full_path.rstrip("?")
    return path if is_local_path(path) else request.path


def kept_fields() -> list[tuple[str, str]]:
    """What was typed into the form of this request, without secrets and without what no page can show."""
    typed = request.form.items(multi=True)
    return [(showable(name), showable(value)) for name, value in typed if name not in NOT_KEPT]


def kept_through_sign_in() -> list[tuple[str, str]]:
    """What was typed before the session ended, as the sign-in form carries it."""
    return [(name.removeprefix(KEPT), value) for name, value in kept_fields() if name.startswith(KEPT)]


def sign_in_page(next_path: str, kept: list[tuple[str, str]]) -> str:
    """The sign-in form that carries a typed form along."""
    form = SignInForm(formdata=None, next=showable(next_path))
    return render_template("staff/sign_in.html", form=form, kept=kept)


def confirm_page(form: ConfirmPasswordForm, kept: list[tuple[str, str]]) -> str:
    """The form that asks for the password again and carries a typed form along."""
    return render_template("staff/confirm.html", form=form, kept=kept)


def restore_page(next_path: str, kept: list[tuple[str, str]], why: str = SESSION_ENDED) -> str:
    """A page with one button that brings a typed form back, unsaved."""
    return render_template("staff/restore.html", next_path=next_path, kept=kept, why=why)


def given_back(why: str) -> str:
    """A page that holds what staff typed into the form of this request; empty if that is nothing.

    Also when the database cannot tell who sent it.
    """
    if request.endpoint in SIGNING_IN and (kept := kept_through_sign_in()):
        flash(why)
        return sign_in_page(request.form.get("next", ""), kept)
    is_for_staff = hasattr(current_app.view_functions.get(request.endpoint or ""), "action")
    return restore_page(asked_for(), kept_fields(), why) if is_for_staff and kept_fields() else ""
