"""What may be asked of the certificates room, and the summaries it answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from uuid import UUID

from core.certificates.states import ApplicationKind, Ownership, State
from core.parcels.rules import NewParcel
from core.values.tonnes import Tonnes


@dataclass(frozen=True, kw_only=True)
class HolderInput:
    """A right holder and its share; shares of all holders must sum to exactly 1."""

    party_id: int
    share: Fraction = Fraction(1)


@dataclass(frozen=True, kw_only=True)
class ParcelInput:
    """A parcel of an application: an existing one by id, or a new one.

    Attributes:
        parcel_id: of a stored parcel; None with `new`.
        new: a parcel to store; None with `parcel_id`.
        group: parameter group of the species, assigned by a person; empty if not yet.
        stock_t1, stock_t2: m³ as reported, decimal text; empty if not measured by volume.
        manual_tonnes, report_page: for bamboo, from the measuring report.
        term_until: end of the land-use term.
        mortgaged: the forest right is mortgaged.
    """

    parcel_id: int | None = None
    new: NewParcel | None = None
    group: str = ""
    stock_t1: str = ""
    stock_t2: str = ""
    manual_tonnes: Tonnes | None = None
    report_page: str = ""
    term_until: date | None = None
    mortgaged: bool = False
    forest_owner: str = ""


@dataclass(frozen=True, kw_only=True)
class ApplicationContent:
    """The whole form of an application, for receiving and for saving again."""

    project_name: str
    holders: tuple[HolderInput, ...]
    parcels: tuple[ParcelInput, ...]
    period_from: date
    period_to: date
    ownership: Ownership = Ownership.SOLE
    agent_id: int | None = None
    agent_authority: str = ""
    phone: str = ""
    address: str = ""
    measuring_body_id: int | None = None
    report_number: str = ""
    report_date: date | None = None
    method: str = ""
    stated_tonnes: Tonnes | None = None
    valid_until: date | None = None
    remarks: str = ""


@dataclass(frozen=True, kw_only=True)
class PaperInput:
    """A paper handed in with the application.

    Attributes:
        key: of the office's list; a paper the case does not need is kept under its title.
        file: its scan, kept with a hash; None if there is none.
    """

    key: str = ""
    title: str = ""
    original: bool = False
    copies: int = 1
    pages: int = 1
    checked: bool = False
    note: str = ""
    file: Path | None = None


@dataclass(frozen=True, kw_only=True)
class ReceiveApplication:
    """An application to take in. `scheme` empty means the newest one of the day.

    Attributes:
        papers: what was handed in with it.
        received_on: None means today; never in the future.
        draft: keep it as a draft; the step `receive` takes the number later.
        request_id: makes a repeated command (double click, lost answer) return the first result.
    """

    content: ApplicationContent
    kind: ApplicationKind = ApplicationKind.FIRST
    scheme: str = ""
    received_on: date | None = None
    draft: bool = False
    papers: tuple[PaperInput, ...] = ()
    request_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class EditApplication:
    """An application's form as saved again, with the version the person saw."""

    application_id: int
    version: int
    content: ApplicationContent
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ApplicationSummary:
    """An application as lists, pages and the command line show it."""

    id: int
    version: int
    kind: ApplicationKind
    state: State
    receipt_number: str
    acceptance_number: str
    holders: str
    project_name: str
    received_on: date
    tonnes: Tonnes | None
    due: date | None
    step_due: date | None
    certificate_id: int | None
    certificate_number: str
    documents: tuple[int, ...] = field(default=())
