"""One purpose, one use of funds, one campaign, one issuing unit, each beside its list."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from core.fund.master_details import CampaignDetail, GrantDetail, PurposeDetail, UnitDetail
from core.fund.masters import ACTIVE_TITLES, ENTRY_TITLES, GRANT_TITLES
from core.fund.states import USE_TITLES, GrantState
from core.i18n import _
from desktop.pages.fund.donation_pane import fund_timeline
from desktop.parts.detail_pane import DetailPane
from desktop.parts.file_list import FilesView
from desktop.parts.papers import paper_items
from desktop.widgets.charts import BarChart, Mark
from desktop.widgets.papers import PapersList
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable
from desktop.widgets.timeline import Timeline

GRANT_TONES = {
    GrantState.REQUESTED: "warning",
    GrantState.PAID: "good",
    GrantState.REFUSED: "error",
}


def active_tone(text: str) -> str:
    """The tone of a cell that says whether a record is in use."""
    return "good" if text == _(ACTIVE_TITLES[True]) else "neutral"


def grant_tone(text: str) -> str:
    """The tone of a cell with the state of a use of funds."""
    found = (one for one, title in GRANT_TITLES.items() if _(title) == text)
    return next((GRANT_TONES[one] for one in found), "neutral")


class _Pane(DetailPane):
    """Facts above, history below; what stands between is the kind's own."""

    def __init__(self, empty: str, title: str) -> None:
        super().__init__(empty)
        self.facts = Section(title)
        self.history = Section(_("History"))
        self.timeline = Timeline()
        self.history.add(self.timeline)


class PurposePane(_Pane):
    """One purpose: what came in, what was used, every movement."""

    def __init__(self) -> None:
        super().__init__(_("Choose a purpose to see it here."), _("The purpose"))
        self.chart = BarChart(_("Received and used"))
        self.money = Section(_("Received and used"))
        self.money.add(self.chart)
        self.entries = SmallTable(
            _("Movements"), (_("Day"), _("What"), _("Amount (yuan)"), _("Balance (yuan)")), 8
        )
        for part in (self.money, self.facts, self.entries, self.history):
            self.add(part)

    def show_purpose(self, one: PurposeDetail) -> None:
        """Show a purpose."""
        word = _(ACTIVE_TITLES[one.active])
        self.set_header(one.name, one.code, word, active_tone(word))
        self.chart.set_marks(
            [
                Mark(_("Money received"), (one.received.fen,), str(one.received), key="gifts"),
                Mark(_("Money used"), (one.used.fen,), str(one.used), key="grants"),
                Mark(_("Asked for"), (one.asked.fen,), str(one.asked), key="asked"),
                Mark(_("Balance"), (one.balance.fen,), str(one.balance)),
            ]
        )
        restricted = _("Yes") if one.restricted else _("No")
        self.facts.set_pairs(
            [
                (_("Restricted"), restricted),
                (_("Free after open requests"), str(one.balance - one.asked)),
            ]
        )
        self.entries.show_rows(
            [
                (
                    line.booked_on.isoformat(),
                    _(ENTRY_TITLES.get(line.kind, line.kind)),
                    str(line.amount),
                    str(line.balance),
                )
                for line in one.entries
            ]
        )
        self.timeline.set_items(fund_timeline(one.timeline))


class GrantPane(_Pane):
    """One use of funds: who asked, who decided, what the purpose holds."""

    def __init__(self) -> None:
        super().__init__(_("Choose a use of funds to see it here."), _("Use of funds"))
        self.papers = PapersList()
        self.made = Section(_("Papers"))
        self.made.add(self.papers)
        self.files = FilesView()
        for part in (self.facts, self.made, self.files, self.history):
            self.add(part)

    def show_grant(self, one: GrantDetail) -> None:
        """Show a use of funds."""
        subtitle = f"{one.amount}　{one.purpose}"
        word, tone = _(GRANT_TITLES[one.state]), GRANT_TONES[one.state]
        self.set_header(one.payee, subtitle, word, tone)
        decided = f"{one.decider}　{one.decided_on.isoformat()}" if one.decided_on else ""
        open_ = one.state is GrantState.REQUESTED
        after = [(_("Balance afterwards"), str(one.balance - one.amount))] if open_ else []
        self.facts.set_pairs(
            [
                (_("Amount (yuan)"), str(one.amount)),
                (_("In capitals"), one.amount.capitals()),
                (_("Kind of use"), _(USE_TITLES[one.use])),
                (_("What for"), one.subject),
                (_("Purpose"), one.purpose),
                (_("Balance (yuan)"), str(one.balance)),
                *after,
                (_("Asked for by"), f"{one.requester}　{one.requested_on.isoformat()}"),
                (_("Decision by"), decided),
                (_("Reason"), one.reason),
            ]
        )
        self.papers.set_papers(paper_items(one.papers))
        self.made.setVisible(bool(one.papers))
        self.files.show_files(one.files)
        self.timeline.set_items(fund_timeline(one.timeline))


class CampaignPane(_Pane):
    """One public campaign."""

    def __init__(self) -> None:
        super().__init__(_("Choose a campaign to see it here."), _("The campaign"))
        for part in (self.facts, self.history):
            self.add(part)

    def show_campaign(self, one: CampaignDetail) -> None:
        """Show a campaign."""
        self.set_header(one.name, one.unit, "", "neutral")
        until = one.ends_on.isoformat() if one.ends_on else _("without an end")
        self.facts.set_pairs(
            [
                (_("Filed under"), one.filing_number),
                (_("Days"), f"{one.starts_on.isoformat()} – {until}"),
                (_("Donations"), f"{one.donations:,}"),
                (_("Amount (yuan)"), str(one.amount)),
            ]
        )
        self.timeline.set_items(fund_timeline(one.timeline))


class UnitPane(_Pane):
    """One receiving and issuing unit with its qualification years; its account is masked."""

    def __init__(self) -> None:
        super().__init__(_("Choose a unit to see it here."), _("The unit"))
        self.account = Section(_("Account of the fund"))
        self.reveal_button = QPushButton(_("Show number…"))
        self.reveal_button.setObjectName("revealUnitAccount")
        self.reveal_button.setProperty("role", "link")
        self.account.add_head(self.reveal_button)
        self.years = Section(_("Years in which gifts may be deducted"))
        for part in (self.facts, self.years, self.account, self.history):
            self.add(part)

    def show_unit(self, one: UnitDetail, revealed: str) -> None:
        """Show a unit; `revealed` is the account in clear, where somebody asked for it."""
        word = _(ACTIVE_TITLES[one.active])
        qualified = _("Gifts of this year may be deducted.")
        missing = _("Gifts of this year may not be deducted.")
        subtitle = qualified if one.qualified else missing
        self.set_header(one.name, subtitle, word, active_tone(word))
        permit = one.fundraising_until.isoformat() if one.fundraising_until else ""
        self.facts.set_pairs(
            [
                (_("Credit code"), one.credit_code),
                (_("Licence for receipts"), one.licence_number),
                (_("Permit for public fund-raising"), one.fundraising_permit),
                (_("Permit valid until"), permit),
            ]
        )
        self.account.set_pairs(
            [
                (_("Name of the account"), one.account_name),
                (_("Bank"), one.bank),
                (_("Account number"), revealed or one.account_mask),
            ]
        )
        self.reveal_button.setVisible(bool(one.account_mask) and not revealed)
        self.years.set_pairs(
            [(f"{first} – {last}", notice) for first, last, notice in one.qualifications]
        )
        self.timeline.set_items(fund_timeline(one.timeline))
