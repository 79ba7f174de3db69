"""Members of staff, their sessions, failed attempts to sign in, and what their forms and files leave behind."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db.base import Base, Versioned, enum_column, related
from tracker.rules.people import Role


class Person(Versioned, Base):
    """Somebody who may sign in. `email` is stored folded to lower case.

    `password_hash` is empty until an invitation is taken up. `totp_nonce` is empty until the second step is set up;
    with the site's key it gives the secret of the person's authenticator. `totp_step` is the last one used;
    `wrong_codes` counts those that were given in a row, each after the right password.
    """

    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str]
    role: Mapped[Role] = enum_column(Role, "role")
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=sa.true())
    totp_nonce: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")
    totp_step: Mapped[int] = mapped_column(default=0, server_default="0")
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default="0")
    erased_at: Mapped[datetime | None]

    @property
    def has_second_step(self) -> bool:
        """True if signing in asks for a code besides the password."""
        return bool(self.totp_nonce)

    @property
    def is_erased(self) -> bool:
        """True if name and address were erased; what stands in their place is made up."""
        return self.erased_at is not None

    @property
    def is_invited(self) -> bool:
        """True if an invitation was made and not yet taken up."""
        return not self.password_hash


class StaffSession(Base):
    """A signed-in browser. Only a hash of its token is kept; ending it deletes nothing else.

    A waiting session has given the password and not yet the code. `confirmed_at` is when password and code were
    last given since.
    """

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")
    is_waiting: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    confirmed_at: Mapped[datetime | None]

    person: Mapped[Person] = related()


class AccessLink(Base):
    """A link with which a person chooses a password, once. Only a hash of its token is kept."""

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime]

    person: Mapped[Person] = related()


class RecoveryCode(Base):
    """A code that stands in once for the authenticator. Only a hash of it is kept."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """A failed attempt to sign in, counted per account and per address for five minutes."""

    __table_args__ = (
        sa.Index("ix_sign_in_failure_account", "account", "failed_at"),
        sa.Index("ix_sign_in_failure_address", "address", "failed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str] = mapped_column(sa.String(64))
    failed_at: Mapped[datetime] = mapped_column(index=True)


class SentForm(Base):
    """What a form did: the message that was shown, and the address to which it led.

    The hashes are of the form's key, place and sender, and of what was typed.
    """

    key_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    sent_at: Mapped[datetime] = mapped_column(index=True)
    message: Mapped[str]
    address: Mapped[str]


class Upload(Base):
    """The files that a person uploaded and has not brought in yet, packed as one; it goes away within hours."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(index=True)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[str] = mapped_column(server_default="")
    packed: Mapped[bytes]
