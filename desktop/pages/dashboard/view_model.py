"""State of the dashboard: everything in one read, again when anything it counts changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core.certificates.figures import (
    Expiring,
    Figure,
    LatestEntry,
    expiring,
    latest_entries,
    year_figures,
)
from core.clock import china_date
from core.database import today
from core.documents import watch
from core.documents.sign import WARN_DAYS
from core.documents.watch import Stage, WatchedCertificate
from core.errors import AppError
from core.i18n import N_
from core.office import CAPABILITIES
from desktop.parts.signing import SignerInfo, SigningDesk
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context

ENDS = N_("Signing certificate ends")
ENDED = N_("Signing certificate has ended")


@dataclass(frozen=True)
class QueueLine:
    """A queue, how much waits in it, and the list behind the number."""

    key: str
    title: str
    count: int
    kind: str
    filters: Mapping[str, str]


@dataclass(frozen=True)
class Overview:
    """What one read of the database gives."""

    day: str
    queues: tuple[QueueLine, ...]
    expiring: tuple[Expiring, ...]
    figures: tuple[Figure, ...]
    latest: tuple[LatestEntry, ...]


@dataclass(frozen=True)
class DashboardState:
    """What the page shows."""

    overview: Overview | None = None
    signer: SignerInfo | None = None
    loading: bool = True
    failure: AppError | None = None


def overview(session: Session) -> Overview:
    """Count the queues and collect the figures of the year."""
    day = today(session)
    return Overview(
        day=day.isoformat(),
        queues=tuple(
            QueueLine(queue.key, queue.title, queue.count(session), queue.open_kind, queue.filters)
            for capability in CAPABILITIES
            for queue in capability.queues
        ),
        expiring=(*expiring(session), *map(_certificate, watch.ending(session))),
        figures=year_figures(session, day.year),
        latest=latest_entries(session),
    )


def _certificate(one: WatchedCertificate) -> Expiring:
    """A signing certificate among what ends soon."""
    title = ENDED if one.stage is Stage.ENDED else ENDS
    return Expiring(title, one.name, one.valid_until, "document", 0)


class DashboardViewModel(ViewModel[DashboardState]):
    """Loads the overview; reloads after every commit, ours or a colleague's."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, DashboardState(), parent)
        self._desk = SigningDesk.of(context)
        self._desk.changed.connect(self._on_signer)
        context.changes.connect(self._on_changes)
        self._on_signer()

    def reload(self) -> None:
        """Load the overview off the GUI thread."""
        self.context.jobs.read(
            overview, done=self._loaded, failed=self._failed, key="dashboard", latest=True
        )

    def warnings(self) -> tuple[Expiring, ...]:
        """The signing certificate, when it ends soon and the register does not know it yet."""
        signer, known = self.state.signer, self.state.overview
        if signer is None or signer.days_left > WARN_DAYS[0]:
            return ()
        if known is not None and any(one.subject == signer.name for one in known.expiring):
            return ()
        return (Expiring(ENDS, signer.name, signer.valid_until, "document", 0),)

    def today(self) -> str:
        """The day in China, for the heading."""
        return china_date(self.context.clock.now()).isoformat()

    def _loaded(self, found: Overview) -> None:
        self.change(overview=found, loading=False, failure=None)

    def _failed(self, error: AppError) -> None:
        self.change(loading=False, failure=error)

    def _on_signer(self) -> None:
        self.change(signer=self._desk.info())

    def _on_changes(self, _changes: object) -> None:
        self.reload()
