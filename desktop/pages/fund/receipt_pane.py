"""The right third of the receipts: what its face says, what waits, what followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal

from core.fund.details import ChangeLine, ReceiptDetail
from core.fund.states import RECEIPT_TITLES, WAY_TITLES, ChangeKind
from core.i18n import _
from desktop.pages.fund.donation_pane import (
    donation_text,
    fund_timeline,
    receipt_text,
)
from desktop.pages.fund.tones import RECEIPT_TONES
from desktop.parts.detail_pane import DetailPane
from desktop.parts.file_list import FilesView
from desktop.parts.moments import moment
from desktop.parts.papers import paper_items
from desktop.widgets.labels import label
from desktop.widgets.links import LinkList, reveal_button
from desktop.widgets.papers import PapersList
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable
from desktop.widgets.timeline import Timeline


class ReceiptPane(DetailPane):
    """Everything about the receipt chosen in the list.

    Signals:
        number_asked: somebody wants to see the payer's number in clear.
    """

    number_asked = Signal()

    def __init__(self) -> None:
        super().__init__(_("Choose a receipt to see it here."))
        self.request = Section(_("Waits for a second person"))
        self.face = Section(_("On the receipt"))
        self.reveal_number = reveal_button("revealNumber", _("Show number…"))
        self.face.add_head(self.reveal_number)
        self.lines = SmallTable(
            _("Lines"), (_("Project"), _("Quantity"), _("Standard"), _("Amount (yuan)"))
        )
        self.members = SmallTable(_("List of givers"), (_("Name"), _("Amount (yuan)")))
        self.links = LinkList(_("Belongs together"))
        self.papers_section = Section(_("Papers"))
        self.papers = PapersList()
        self._no_papers = label(role="soft", wrap=True)
        self.papers_section.add(self.papers)
        self.papers_section.add(self._no_papers)
        self.files = FilesView()
        self.history = Section(_("History"))
        self.timeline = Timeline()
        self.history.add(self.timeline)
        for part in (
            self.request, self.face, self.lines, self.members, self.links, self.papers_section,
            self.files, self.history,
        ):  # fmt: skip
            self.add(part)
        self.reveal_number.clicked.connect(self.number_asked)

    def show_receipt(self, detail: ReceiptDetail, revealed: Mapping[str, str]) -> None:
        """Show a receipt; `revealed` holds numbers in clear."""
        self.set_header(
            detail.text,
            f"{_(WAY_TITLES[detail.way])}　{detail.title}",
            _(RECEIPT_TITLES[detail.state]),
            RECEIPT_TONES[detail.state],
        )
        self.request.setVisible(detail.request is not None)
        if detail.request is not None:
            self.request.set_pairs(_request_pairs(detail.request))
        number = revealed.get("number") or str(detail.facts.get("payer_id", ""))
        self.face.set_pairs(_face_pairs(detail, number))
        self.reveal_number.setVisible("*" in number)
        self.lines.show_rows([_line(one) for one in detail.facts.get("items", [])])
        members = detail.facts.get("members", [])
        self.members.show_rows([(one["name"], one["amount"]) for one in members])
        self.links.show_links(_links(detail))
        self.papers.set_papers(paper_items(detail.papers))
        self._no_papers.setText(_no_paper(detail))
        self._no_papers.setVisible(not detail.papers)
        self.files.show_files(detail.files)
        self.timeline.set_items(fund_timeline(detail.timeline))


def _request_pairs(request: ChangeLine) -> list[tuple[str, str]]:
    void = request.kind is ChangeKind.VOID
    pairs = [
        (_("The request"), _("to be declared void") if void else _("to be reversed by a red one")),
        (_("Reason"), request.reason),
        (_("By"), f"{request.requested_name}　{moment(request.requested_at)}"),
        (_("Copies that are back"), request.copies),
    ]
    if not void:
        red = f"{request.red_code}-{request.red_number}"
        used = _("yes") if request.used else _("no")
        part = str(request.part) if request.part is not None else _("all of it")
        pairs += [
            (_("How much (yuan)"), part),
            (_("Red e-receipt"), red),
            (_("Used by the donor already"), used),
        ]
    return pairs


def _face_pairs(detail: ReceiptDetail, number: str) -> list[tuple[str, str]]:
    facts = detail.facts
    pairs = [
        (_("Payer"), str(facts.get("payer", detail.title))),
        (_("Identity number"), number),
        (_("Amount (yuan)"), detail.amount_text),
        (_("In capitals"), detail.capitals),
        (_("Issued on"), detail.issued_on.isoformat()),
        (_("Payment"), str(facts.get("payment", ""))),
        (_("Purpose"), str(facts.get("restricted", ""))),
        (_("Receiving unit"), detail.unit.name),
        (_("Money taken by"), detail.cashier),
        (_("Reviewed by"), detail.reviewer),
        (_("Issued by"), detail.issuer),
    ]
    further = [
        (_("Left after red receipts"), _left(detail)),
        (_("Check code"), detail.check_code),
        (_("Book"), detail.book),
        (_("No deduction"), str(facts.get("no_deduction", ""))),
        (_("Remarks"), str(facts.get("remarks", ""))),
    ]
    return pairs + [pair for pair in further if pair[1]]


def _left(detail: ReceiptDetail) -> str:
    return str(detail.left) if detail.reds and detail.left is not None else ""


def _line(one: Mapping[str, Any]) -> tuple[str, ...]:
    project = f"{one['code']} {one['project']}"
    return (project, f"{one['quantity']} {one['unit']}", one["standard"], one["amount"])


def _no_paper(detail: ReceiptDetail) -> str:
    if detail.book:
        return _("It is printed on the genuine sheet; “Print” shows where each text goes.")
    if detail.files:
        return _("The official file is below.")
    return _("No paper is kept here.")


def _links(detail: ReceiptDetail) -> list[tuple[str, int, str]]:
    found = [("donation", one.id, donation_text(one)) for one in detail.donations]
    for red in detail.reds:
        text = _("Reversed by {receipt}").format(receipt=receipt_text(red))
        found.append(("receipt", red.id, text))
    named = (
        (detail.reverses, _("Reverses {receipt}")),
        (detail.follows, _("Issued again for {receipt}")),
        (detail.followed_by, _("Issued again as {receipt}")),
    )
    for link, text in named:
        if link is not None:
            found.append(("receipt", link.id, text.format(receipt=receipt_text(link))))
    found.append(("party", detail.donor.party_id, _("The donor in the register of parties")))
    return found
