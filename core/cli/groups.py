"""The command groups of lintanctl, by name. Their modules load only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points

from core.i18n import N_


@dataclass(frozen=True)
class Group:
    """One command group.

    Attributes:
        title: one sentence for `--help`, marked with `N_`.
        module: the module whose `add(parser)` describes the arguments.
        hidden: left out of `--help` (helpers for developers).
    """

    title: str
    module: str
    hidden: bool = False


#: Groups of the core, in the order of `--help`.
CORE_GROUPS: Mapping[str, Group] = {
    "demo": Group(N_("Build the sample office and its whole life."), "core.cli.demo"),
    "db": Group(N_("Create, upgrade, check, save and restore the database."), "core.cli.db"),
    "template": Group(N_("Write an empty Excel template of an import."), "core.cli.template"),
    "import": Group(N_("Read an Excel file into the database."), "core.cli.import_"),
    "export": Group(N_("Write a list to an Excel file."), "core.cli.export"),
    "application": Group(N_("Applications: receive, show, advance."), "core.cli.application"),
    "certificate": Group(N_("The register and its certificates."), "core.cli.certificate"),
    "party": Group(N_("The register of people and organisations."), "core.cli.party"),
    "donation": Group(N_("Donations: note, receive, review, refund."), "core.cli.donation"),
    "receipt": Group(N_("Receipts and their stock."), "core.cli.receipt"),
    "bank": Group(N_("Bank statements against donations."), "core.cli.bank"),
    "fund": Group(N_("Purposes, use of funds, reports, papers."), "core.cli.fund"),
    "committee": Group(N_("Experts, meetings, opinions, fees."), "core.cli.committee"),
    "draw": Group(N_("Draws of experts that anyone can replay."), "core.cli.draw"),
    "training": Group(N_("Courses, attendance, completion, certificates."), "core.cli.training"),
    "ledger": Group(N_("The numbers of a series, each with its fate."), "core.cli.ledger"),
    "papers": Group(N_("Papers waiting for a signature; copies of papers."), "core.cli.papers"),
    "stock": Group(N_("Numbered sheets: received, handed out, spoiled."), "core.cli.stock"),
    "verify": Group(N_("Judge a signed PDF or a code on a picture of it."), "core.cli.verify"),
    "account": Group(N_("Accounts, roles and passwords."), "core.cli.account"),
    "audit": Group(N_("The independent audit."), "core.cli.audit"),
    "tell": Group(N_("Small helpers: capitals, checks, working days."), "core.cli.tell"),
    "bench": Group(N_("Measure this machine against the naive way."), "core.cli.bench"),
}

ENTRY_POINTS = "lintan.commands"


def groups(wanted: str | None) -> dict[str, Group]:
    """The groups of the core; unless one of them is wanted, also those of the front ends."""
    known = dict(CORE_GROUPS)
    if wanted not in known:
        for point in entry_points(group=ENTRY_POINTS):
            known.update(point.load()())
    return known
