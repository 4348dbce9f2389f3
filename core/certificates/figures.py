"""What the dashboard shows of the register: what falls due, how far the year has come, the latest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import settings
from core.certificates.model import Application, Notice
from core.certificates.register_model import Certificate, RegisterEntry
from core.certificates.states import CertificateStatus, State
from core.database import today
from core.i18n import N_
from core.settings.specs import SettingSpec, declare
from core.values.area import Area
from core.values.tonnes import Tonnes

TARGET_CERTIFICATES = "certificates.target_count"
TARGET_TONNES = "certificates.target_tonnes"
TARGET_MU = "certificates.target_mu"

declare(
    SettingSpec(
        TARGET_CERTIFICATES, N_("Yearly target: certificates"), 0, "int", least=0, most=1_000_000
    ),
    SettingSpec(TARGET_TONNES, N_("Yearly target: tonnes"), 0, "int", least=0, most=1_000_000_000),
    SettingSpec(TARGET_MU, N_("Yearly target: area (mu)"), 0, "int", least=0, most=1_000_000_000),
)


@dataclass(frozen=True)
class Figure:
    """A figure of the year in whole units: certificates, tonnes, 亩; target 0 means none."""

    title: str
    value: int
    target: int
    text: str


@dataclass(frozen=True)
class Expiring:
    """Something with a last day: what, of which record, until when."""

    title: str
    subject: str
    day: date
    kind: str
    record_id: int


@dataclass(frozen=True)
class LatestEntry:
    """An entry of the register as the dashboard lists it."""

    id: int
    certificate_id: int
    number: str
    holders: str
    tonnes: Tonnes
    entered_on: date


def year_figures(session: Session, year: int) -> tuple[Figure, ...]:
    """Certificates entered in a year, their tonnes and area, with the office's targets."""
    inside = Certificate.entered_on.between(date(year, 1, 1), date(year, 12, 31))
    count, tonnes, area = session.execute(
        select(
            func.count(Certificate.id),
            func.sum(Certificate.tonnes),
            func.sum(Certificate.area),
        ).where(inside)
    ).one()
    received = session.scalar(
        select(func.count(Application.id)).where(
            Application.received_on.between(date(year, 1, 1), date(year, 12, 31)),
            Application.state != State.DRAFT,
        )
    )
    on = min(date(year, 12, 31), today(session))
    total = tonnes if isinstance(tonnes, Tonnes) else Tonnes(int(tonnes or 0))
    land = area if isinstance(area, Area) else Area(int(area or 0))
    mu = int(land.mu)
    return (
        Figure(N_("Applications received"), received or 0, 0, f"{received or 0:,}"),
        _figure(
            session, on, (N_("Certificates registered"), TARGET_CERTIFICATES), count, str(count)
        ),
        _figure(
            session, on, (N_("Tonnes registered"), TARGET_TONNES), total.units // 100, str(total)
        ),
        _figure(session, on, (N_("Area registered (mu)"), TARGET_MU), mu, f"{land.mu:,}"),
    )


def _figure(session: Session, on: date, spec: tuple[str, str], value: int, text: str) -> Figure:
    title, key = spec
    target = int(settings.get(session, key, on))
    return Figure(title, value, target, f"{text} / {target:,}" if target else text)


def expiring(session: Session, days: int = 60, limit: int = 20) -> tuple[Expiring, ...]:
    """Notices that end and certificates whose validity ends within `days`, the nearest first."""
    start = today(session)
    until = start + timedelta(days=days)
    notices = session.execute(
        select(Notice.last_day, Application.id, Application.project_name)
        .join(Application, Application.id == Notice.application_id)
        .where(
            Notice.closed_on.is_(None), Notice.last_day <= until, Application.state == State.NOTICE
        )
    )
    found = [
        Expiring(N_("Public notice ends"), name, day, "application", record_id)
        for day, record_id, name in notices
    ]
    ending = session.execute(
        select(Certificate.valid_until, Certificate.id, Certificate.number)
        .where(
            Certificate.status == CertificateStatus.VALID,
            Certificate.valid_until.between(start, until),
        )
        .order_by(Certificate.valid_until)
        .limit(limit)
    )
    found += [
        Expiring(N_("Validity of a certificate ends"), number, day, "certificate", record_id)
        for day, record_id, number in ending
        if day is not None
    ]
    return tuple(sorted(found, key=lambda item: (item.day, item.subject))[:limit])


def latest_entries(session: Session, limit: int = 8) -> tuple[LatestEntry, ...]:
    """The newest entries of the register."""
    rows = session.execute(
        select(RegisterEntry.id, Certificate, RegisterEntry.effective_on)
        .join(Certificate, Certificate.id == RegisterEntry.certificate_id)
        .order_by(RegisterEntry.id.desc())
        .limit(limit)
    )
    return tuple(
        LatestEntry(entry_id, c.id, c.number, c.holders_text, c.tonnes, day)
        for entry_id, c, day in rows
    )
