"""The right third of the donations: what was given, by whom, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal

from core.fund.details import DonationDetail, DonationLink, ReceiptLink
from core.fund.states import DONATION_TITLES, FORM_TITLES, NATURE_TITLES, RECEIPT_TITLES, Consent
from core.history import TimelineEntry
from core.i18n import N_, _
from core.values.money import Money
from desktop.pages.fund.tones import DONATION_TONES
from desktop.parts.detail_pane import DetailPane
from desktop.parts.file_list import FilesView
from desktop.parts.moments import timeline_items
from desktop.parts.papers import paper_items
from desktop.widgets.labels import label
from desktop.widgets.links import LinkList, reveal_button
from desktop.widgets.papers import PapersList
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable
from desktop.widgets.timeline import Timeline, TimelineItem

CONSENT_TITLES = {
    Consent.FULL: N_("Name and amount may be published"),
    Consent.NAME_ONLY: N_("Only the name may be published"),
    Consent.NONE: N_("Nothing may be published"),
}
#: Facts of an event that say more than its title, in the order they are shown.
_SAID = ("number", "from", "to")


def fund_timeline(entries: Sequence[TimelineEntry]) -> list[TimelineItem]:
    """The events of a record of the fund, each with the number it is about."""
    items = []
    for item, entry in zip(timeline_items(entries), reversed(entries), strict=True):
        said = [str(entry.data[key]) for key in _SAID if entry.data.get(key)]
        what = f"{item.what}　{'、'.join(said)}" if said else item.what
        items.append(TimelineItem(item.when, item.who, what, item.why, item.tone))
    return items


def receipt_text(link: ReceiptLink) -> str:
    """A receipt with its state, as a link says it."""
    return f"{link.text}　{_(RECEIPT_TITLES[link.state])}"


def donation_text(link: DonationLink) -> str:
    """A donation with day and amount, as a link says it."""
    amount = str(link.amount) if link.amount is not None else "——"
    return f"{link.code}　{link.received_on}　{amount}"


class DonationPane(DetailPane):
    """Everything about the donation chosen in the list.

    Signals:
        number_asked, account_asked: somebody wants to see a number in clear.
    """

    number_asked = Signal()
    account_asked = Signal()

    def __init__(self) -> None:
        super().__init__(_("Choose a donation to see it here."))
        self.gift = Section(_("The gift"))
        self.items = SmallTable(
            _("Items"),
            (_("Name"), _("Quantity"), _("Unit price"), _("Value"), _("Proof of value")),
        )
        self.members = SmallTable(_("List of givers"), (_("Name"), _("Amount (yuan)")))
        self.donor = Section(_("Donor"))
        self.reveal_number = reveal_button("revealNumber", _("Show number…"))
        self.donor.add_head(self.reveal_number)
        self.unit = Section(_("Receiving unit"))
        self.reveal_account = reveal_button("revealAccount", _("Show account…"))
        self.unit.add_head(self.reveal_account)
        self.links = LinkList(_("Belongs together"))
        self.papers_section = Section(_("Papers"))
        self.papers = PapersList()
        self._no_papers = label(_("No paper yet."), "soft", wrap=True)
        self.papers_section.add(self.papers)
        self.papers_section.add(self._no_papers)
        self.files = FilesView()
        self.history = Section(_("History"))
        self.timeline = Timeline()
        self.history.add(self.timeline)
        for part in (
            self.gift, self.items, self.members, self.links, self.donor, self.papers_section,
            self.files, self.unit, self.history,
        ):  # fmt: skip
            self.add(part)
        self.reveal_number.clicked.connect(self.number_asked)
        self.reveal_account.clicked.connect(self.account_asked)

    def show_donation(self, detail: DonationDetail, revealed: Mapping[str, str]) -> None:
        """Show a donation; `revealed` holds numbers in clear."""
        self.set_header(
            detail.code,
            f"{detail.donor.name}　{detail.amount_text}",
            _(DONATION_TITLES[detail.state]),
            DONATION_TONES[detail.state],
        )
        self.gift.set_pairs(_gift_pairs(detail))
        self._show_parts(detail)
        self._show_donor(detail, revealed)
        account = revealed.get("account") or detail.unit.account_mask
        self.unit.set_pairs(
            [
                (_("Name"), detail.unit.name),
                (_("Bank of the account"), detail.unit.bank),
                (_("Account"), account),
            ]
        )
        self.reveal_account.setVisible("*" in account)
        self.links.show_links(_links(detail))
        self.papers.set_papers(paper_items(detail.papers))
        self._no_papers.setVisible(not detail.papers)
        self.files.show_files(detail.files)
        self.timeline.set_items(fund_timeline(detail.timeline))

    def _show_parts(self, detail: DonationDetail) -> None:
        content = detail.content
        self.items.show_rows(
            [
                (
                    f"{one.name} {one.specification}".strip(),
                    f"{one.quantity:f} {one.unit}".strip(),
                    str(one.unit_price) if one.unit_price is not None else "——",
                    str(one.value) if one.value is not None else "——",
                    one.proof,
                )
                for one in content.items
            ]
        )
        self.members.show_rows([(name, str(amount)) for name, amount in content.members])

    def _show_donor(self, detail: DonationDetail, revealed: Mapping[str, str]) -> None:
        donor = detail.donor
        number = revealed.get("number") or donor.id_text
        hidden = detail.content.anonymous or donor.anonymous
        self.donor.set_pairs(
            [
                (_("Name"), donor.name),
                (_("Title on receipts"), donor.title),
                (_("Identity number"), number),
                (_("Telephone"), donor.phone),
                (_("Publication"), _(CONSENT_TITLES[donor.consent])),
                (_("Anonymous"), _("yes") if hidden else _("no")),
            ]
        )
        self.reveal_number.setVisible("*" in number)


def _gift_pairs(detail: DonationDetail) -> list[tuple[str, str]]:
    content = detail.content
    bank = "　".join(
        one for one in (content.bank_reference, content.payer_name, content.payer_tail) if one
    )
    pairs = [
        (_("Amount (yuan)"), detail.amount_text),
        (_("In capitals"), detail.capitals),
        (_("Form"), _(FORM_TITLES[content.form])),
        (_("Received on"), content.received_on.isoformat()),
        (_("Purpose"), detail.purpose),
        (_("Restricted"), _("yes") if content.restricted else _("no")),
    ]
    further = [
        (_("Taken out of its receipt"), str(detail.freed) if detail.freed > Money(0) else ""),
        (_("Bank reference, payer"), bank),
        (_("Campaign"), detail.campaign),
        (_("Agreement"), content.agreement),
        (_("Commitment"), _pledge_text(detail)),
        (_("Kind of money"), _(NATURE_TITLES[content.nature]) if content.nature != "gift" else ""),
        (_("Given in return"), content.benefit),
        (_("Remarks"), content.note),
        (_("Money taken by"), detail.cashier),
        (_("Reviewed by"), detail.reviewer),
    ]
    return pairs + [pair for pair in further if pair[1]]


def _pledge_text(detail: DonationDetail) -> str:
    line = detail.pledge
    if line is None:
        return ""
    text = _("{arrived} of {amount} yuan have arrived, {left} are to come")
    return text.format(arrived=line.arrived, amount=line.amount, left=line.left)


def _links(detail: DonationDetail) -> list[tuple[str, int, str]]:
    found = [("receipt", one.id, receipt_text(one)) for one in detail.receipts]
    if detail.pledge is not None:
        found.append(("fund_pledge", detail.pledge.id, _("Its commitment")))
    if detail.moved_to is not None:
        text = _("Moved to {donation}").format(donation=detail.moved_to.code)
        found.append(("donation", detail.moved_to.id, text))
    if detail.moved_from is not None:
        text = _("Moved from {donation}").format(donation=detail.moved_from.code)
        found.append(("donation", detail.moved_from.id, text))
    found.append(("party", detail.donor.party_id, _("The donor in the register of parties")))
    return found
