"""Forms about people: signing in, members of staff, passwords."""

from typing import Any

from wtforms import Field, HiddenField, PasswordField, SelectField

from tracker.rules.passwords import LONGEST, SHORTEST
from tracker.rules.permissions import Role
from tracker.web.forms.base import Form
from tracker.web.forms.fields import CarriedField, TextField, required

SHOWN = {"type": "text", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


def password_field(label: str, autocomplete: str, description: str = "") -> PasswordField:
    """Return the field for a password."""
    options = {"autocomplete": autocomplete, "maxlength": LONGEST}
    return PasswordField(label, [required], description=description, render_kw=options)


def code_field() -> TextField:
    """Return the field for a code of the second step."""
    return TextField(
        "Code",
        [required],
        description="Six digits from your authenticator app, or one of your recovery codes.",
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false", "maxlength": 40},
    )


class ShownField(HiddenField):
    """True if the password is shown while it is typed; sent twice if the button that changes this was pressed."""

    is_toggled = False

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = "y" if valuelist and valuelist[-1] == "y" else ""
        self.is_toggled = len(valuelist) > 1


class PasswordForm(Form):
    """A form with a password, which a button shows and hides; what was typed is never sent back."""

    is_shown = ShownField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_shown.data:
            self.password.render_kw = self.password.render_kw | SHOWN

    @property
    def first(self) -> Field:
        """The field in which the cursor begins."""
        email: Field | None = self._fields.get("email")
        return email if email and not email.data else self.password

    def is_sent(self) -> bool:
        """True if the form was sent to be used, and not to show or hide what is typed."""
        return not self.is_shown.is_toggled and super().is_sent()


class SignInForm(PasswordForm):
    """E-mail address and password; `next` is where the person wanted to go."""

    email = TextField(
        "E-mail address", [required], render_kw={"type": "email", "autocomplete": "username", "maxlength": 254}
    )
    password = password_field("Password", "current-password")
    next = CarriedField()


class PersonForm(Form):
    """A member of staff."""

    name = TextField("Name", [required], description="As colleagues see it in the log.")
    email = TextField("E-mail address", [required], render_kw={"type": "email", "autocomplete": "off"})
    role = SelectField(
        "Role",
        choices={
            Role.CONTRIBUTOR.value: "Contributor: writes drafts of updates",
            Role.EDITOR.value: "Editor: edits everything and publishes",
            Role.ADMIN.value: "Admin: also manages people",
        },
        coerce=Role,
    )


class NewPasswordForm(PasswordForm):
    """A new password."""

    password = password_field(
        "New password",
        "new-password",
        f"{SHORTEST} characters or more. Three or four unrelated words make a good password.",
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

    password = password_field("Your password", "current-password")
    code = code_field()
    next = CarriedField()

    def __init__(self, *args: Any, has_second_step: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_second_step:
            del self.code
