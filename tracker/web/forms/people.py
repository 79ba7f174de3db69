"""Forms about people: signing in, members of staff, passwords."""

from typing import Any

from wtforms import PasswordField, SelectField

from tracker.rules.people import LONGEST, SHORTEST, Role
from tracker.web.forms.base import Form
from tracker.web.forms.fields import CarriedField, TextField, required

CURRENT = {"autocomplete": "current-password", "maxlength": LONGEST}
SHOWN = {"type": "text", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


def code_field() -> TextField:
    """Return the field for a code of the second step."""
    return TextField(
        "Code",
        [required],
        description="Six digits from your authenticator app, or one of your recovery codes.",
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false", "maxlength": 40},
    )


class PasswordForm(Form):
    """A form with a password, which a button shows and hides; what was typed is never sent back."""

    is_shown = CarriedField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = self.is_shown.raw_data or [""]  # the button says it once more
        self.is_toggled, self.is_shown.data = len(sent) > 1, sent[-1]
        if self.is_shown.data:
            self.password.render_kw = self.password.render_kw | SHOWN

    def is_sent(self) -> bool:
        """True if the form was sent to be used, and not to show or hide what is typed."""
        return not self.is_toggled and super().is_sent()


class SignInForm(PasswordForm):
    """E-mail address and password; `next` is where the person wanted to go."""

    email = TextField(
        "E-mail address", [required], render_kw={"type": "email", "autocomplete": "username", "maxlength": 254}
    )
    password = PasswordField("Password", [required], render_kw=CURRENT)
    next = CarriedField()


class PersonForm(Form):
    """A member of staff."""

    name = TextField("Name", [required], description="As colleagues see it in the log.")
    email = TextField("E-mail address", [required], render_kw={"type": "email", "autocomplete": "off"})
    role = SelectField(
        "Role",
        choices={
            Role.CONTRIBUTOR.value: "Contributor: writes drafts and sends them for approval",
            Role.EDITOR.value: "Editor: edits everything and publishes",
            Role.ADMIN.value: "Admin: also manages people",
        },
        coerce=Role,
    )


class NewPasswordForm(PasswordForm):
    """A new password."""

    password = PasswordField(
        "New password",
        [required],
        description=f"{SHORTEST} characters or more. Three or four unrelated words make a good password.",
        render_kw={"autocomplete": "new-password", "maxlength": LONGEST},
    )


class CodeForm(Form):
    """A code of the authenticator, or one of the recovery codes."""

    code = code_field()
    next = CarriedField()


class ProofForm(Form):
    """The first code of an authenticator, which proves that it was set up."""

    code = TextField(
        "Code", [required], description="Six digits.", render_kw={"autocomplete": "one-time-code", "maxlength": 10}
    )


class ConfirmPasswordForm(PasswordForm):
    """One's own password once more, and a new code, before something that matters."""

    password = PasswordField("Your password", [required], render_kw=CURRENT)
    code = code_field()
    next = CarriedField()

    def __init__(self, *args: Any, has_second_step: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_second_step:
            del self.code
