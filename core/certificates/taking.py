"""A step being taken: the case, what was entered, and what every phase needs for its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from core import attachments, numbering
from core.certificates.dossier import Dossier, open_dossier
from core.certificates.model import Application
from core.certificates.progress import APPLICATION, Outcome
from core.certificates.step import Step
from core.database import actor, today
from core.errors import InputError
from core.files import why
from core.i18n import N_
from core.messages import register
from core.numbering import TakenNumber
from core.parcels.service import release

register(
    {
        "certificates.unreadable": N_("The file “{name}” cannot be read: {reason}."),
        "certificates.future": N_("This day lies in the future."),
        "certificates.past": N_("This day is over; choose a later one."),
        "certificates.order": N_("The last day is before the first day."),
        "certificates.required_here": N_("This field must be filled in for this step."),
    }
)


@dataclass(frozen=True)
class Taking:
    """A step being taken in a write session; `values` are typed by `parse_form`."""

    session: Session
    application: Application
    step: Step
    values: Mapping[str, object]

    @property
    def today(self) -> date:
        """The day in China."""
        return today(self.session)

    @property
    def name(self) -> str:
        """Name of the person who acts."""
        return actor(self.session).name

    def text(self, name: str) -> str:
        """A text field; empty if it was left empty."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def need(self, name: str) -> str:
        """A text field that this case needs.

        Raises:
            InputError: it was left empty.
        """
        value = self.text(name)
        if not value:
            raise InputError.of(name, "certificates.required_here")
        return value

    def flag(self, name: str) -> bool:
        """A yes-or-no field."""
        return self.values.get(name) is True

    def number(self, name: str, default: int = 0) -> int:
        """A whole number."""
        value = self.values.get(name)
        return value if isinstance(value, int) else default

    def past_day(self, name: str) -> date:
        """A day that has come; today if it was left empty.

        Raises:
            InputError: it lies in the future.
        """
        day = self.values.get(name)
        if not isinstance(day, date):
            return self.today
        if day > self.today:
            raise InputError.of(name, "certificates.future")
        return day

    def coming_day(self, name: str) -> date:
        """A day that is still to come (a deadline).

        Raises:
            InputError: it is missing or not after today.
        """
        day = self.values.get(name)
        if not isinstance(day, date):
            raise InputError.of(name, "certificates.required_here")
        if day <= self.today:
            raise InputError.of(name, "certificates.past")
        return day

    def dossier(self) -> Dossier:
        """The case as it is now, with what this step has written so far."""
        return open_dossier(self.session, self.application)

    def take(self, series: str) -> TakenNumber:
        """A number for the case; taken last, after all checks."""
        return numbering.take(
            self.session, series, record_kind=APPLICATION, record_id=self.application.id
        )

    def keep_file(self) -> str:
        """Attach the file of the form, if one was given; returns its hash.

        Raises:
            InputError: field ``file``; it cannot be read.
        """
        path = self.values.get("file")
        if not isinstance(path, Path):
            return ""
        try:
            data = path.read_bytes()
        except OSError as fault:
            facts = {"name": path.name, "reason": why(fault)}
            raise InputError.of("file", "certificates.unreadable", **facts) from fault
        kept = attachments.attach(
            self.session, APPLICATION, self.application.id, self.step.key, path.name, data
        )
        return kept.sha256

    def release_land(self, reason: str) -> None:
        """Give up the case's claims on land."""
        release(self.session, APPLICATION, self.application.id, reason=reason)


#: What a step does; see `service.HANDLERS`.
Handler = Callable[[Taking], Outcome]
