"""State and commands of the donations and receipts: one record each, loaded off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core.documents.service import DocumentSummary, make_copy
from core.fund import donations
from core.fund.arrivals import arrive_each, review_each
from core.fund.changes import ChangeReceipt, decide_change, request_change
from core.fund.details import (
    DonationDetail,
    DonationLink,
    ReceiptDetail,
    donation_detail,
    donation_links,
    receipt_detail,
)
from core.fund.pledges import PledgeDetail, cancel_pledge, pledge_detail
from core.fund.receipts import waiting_gifts
from core.fund.setup import reveal_account
from core.parties.service import reveal_number
from desktop.parts.record_view_model import Done, Failed, RecordViewModel
from desktop.support.context import Context

D = TypeVar("D")

#: Kinds whose change may show in a record of the fund.
WATCHED = frozenset(
    {
        "donation", "receipt", "fund_pledge", "fund_donor", "fund_unit", "fund_purpose",
        "fund_campaign", "party", "document", "attachment", "receipt_book",
    }
)  # fmt: skip


class FundViewModel(RecordViewModel[D], Generic[D]):
    """A record of the fund: what may be seen in clear."""

    def __init__(
        self, context: Context, load: Callable[[Session, int], D], parent: QObject | None = None
    ) -> None:
        super().__init__(context, load, WATCHED, parent)

    def reveal_number(self, party_id: int, reason: str) -> None:
        """Show the donor's identity number in clear; the look is logged."""
        self.reveal("number", lambda session: reveal_number(session, party_id, reason))

    def reveal_account(self, unit_id: int, reason: str) -> None:
        """Show the unit's account in clear; the look is logged."""
        self.reveal("account", lambda session: reveal_account(session, unit_id, reason))


class DonationsViewModel(FundViewModel[DonationDetail]):
    """Takes a donation from its note to its receipt."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, donation_detail, parent)

    def review(self) -> None:
        """Agree to a receipt for the donation shown."""
        detail = self.state.detail
        if detail is not None:
            self.act(lambda session: donations.review(session, detail.id, detail.version))

    def refund(self, seen: DonationDetail, reason: str) -> None:
        """Pay a donation back; `seen` is the donation as the person saw it."""
        self.act(lambda session: donations.refund(session, seen.id, seen.version, reason))

    def links(self, ids: list[int], done: Callable[[list[DonationLink]], object]) -> None:
        """Load the donations of a selection."""
        self.context.jobs.read(
            lambda session: donation_links(session, ids),
            done=done,
            failed=self._failed,
            key=f"fund-links-{id(self)}",
            latest=True,
        )

    def year_links(self, done: Callable[[list[DonationLink]], object]) -> None:
        """Load what the donor of the donation shown gave in its year and has no receipt for."""
        detail = self.state.detail
        if detail is None:
            return
        donor, year = detail.donor.id, detail.content.received_on.year

        def load(session: Session) -> list[DonationLink]:
            gifts = waiting_gifts(session, donor, year)
            return donation_links(session, [donation_id for donation_id, _version in gifts])

        self.context.jobs.read(load, done=done, failed=self._failed, key="fund-year", latest=True)

    def arrive_many(self, chosen: list[tuple[int, int]], done: Done) -> None:
        """Note the arrival of several donations as announced."""
        self.act(lambda session: arrive_each(session, chosen), done)

    def review_many(self, chosen: list[tuple[int, int]], done: Done) -> None:
        """Review several donations."""
        self.act(lambda session: review_each(session, chosen), done)


class ReceiptsViewModel(FundViewModel[ReceiptDetail]):
    """Declares receipts void, has them decided, copies them."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, receipt_detail, parent)

    def ask_change(self, command: ChangeReceipt, done: Done, failed: Failed) -> None:
        """Ask for a receipt to be declared void or reversed."""
        self.act(lambda session: request_change(session, command), done, failed)

    def decide(self, seen: ReceiptDetail, *, agree: bool, done: Done, failed: Failed) -> None:
        """Agree to the open request, or refuse it; `seen` is the receipt as the person saw it."""
        self.act(
            lambda session: decide_change(session, seen.id, seen.version, agree=agree),
            done,
            failed,
        )

    def copy(
        self, document_id: int, purpose: str, done: Callable[[DocumentSummary], object]
    ) -> None:
        """Prepare a copy 复制件 of our own letter."""

        def made(result: object) -> None:
            if isinstance(result, DocumentSummary):
                done(result)

        self.act(lambda session: make_copy(session, document_id, purpose), made)


class PledgesViewModel(FundViewModel[PledgeDetail]):
    """Shows a commitment and ends it."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, pledge_detail, parent)

    def cancel(self, seen: PledgeDetail, reason: str) -> None:
        """Say that the rest will not come; `seen` is the commitment as the person saw it."""
        line = seen.line
        self.act(lambda session: cancel_pledge(session, line.id, line.version, reason))
