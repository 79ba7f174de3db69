"""An authenticator app for tests: what a person's phone would show."""

from dataclasses import dataclass
from datetime import timedelta

import pyotp
import sqlalchemy as sa

from tests.site import Site, email_of
from tracker.clock import now
from tracker.models import Person
from tracker.services import second_factor

NONCE = "a random number"


@dataclass(frozen=True)
class Phone:
    """Shows the code of each step of 30 seconds."""

    secret: str

    def code(self, steps: int = 0) -> str:
        """The code of now, or of so many steps later."""
        return pyotp.TOTP(self.secret).at(now() + timedelta(seconds=30 * steps))

    def wrong_code(self) -> str:
        """Six digits that are right neither now nor nearby."""
        near = {self.code(steps) for steps in range(-3, 4)}
        return next(f"{number:06}" for number in range(10) if f"{number:06}" not in near)


def give_phone(site: Site, name: str) -> Phone:
    """Turn on somebody's second step, and hand out the phone that is set up for it."""
    person_id = site.scalar(sa.select(Person.id).where(Person.email == email_of(name)))
    site.execute(sa.update(Person).where(Person.id == person_id).values(totp_nonce=NONCE))
    return Phone(second_factor.secret_of(site.app.config["SECRET_KEY"], person_id, NONCE))
