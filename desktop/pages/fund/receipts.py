"""The receipts: list at the left, one receipt at the right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtWidgets import QVBoxLayout

from core.fund.lists import RECEIPTS
from core.i18n import N_, _
from core.values.listing import ListQuery
from desktop.pages.fund.tab import FundTab
from desktop.parts.detail_pane import DetailPane
from desktop.parts.list_detail import ListDetail
from desktop.support.context import Context
from desktop.widgets.record_table import RecordTable


class ReceiptsTab(FundTab):
    """Every receipt of the three ways."""

    key: ClassVar[str] = "receipts"
    title: ClassVar[str] = N_("Receipts")
    kinds: ClassVar[tuple[str, ...]] = ("receipt",)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.table = RecordTable(RECEIPTS, context, sums=("amount",), also=("donation",))
        self.pane = DetailPane(_("Choose a receipt to see it here."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ListDetail("fund-receipts", self.table, self.pane))
        self.pane.set_empty(empty=True)
        self.table.set_query(ListQuery())

    def open_record(self, kind: str, record_id: int) -> None:
        """Show one receipt."""
        self.table.set_query(ListQuery())
        self.table.select(record_id)

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show a filtered list."""
        self.table.set_query(ListQuery(filters=dict(filters)))

    def focus_filter(self) -> None:
        """Ctrl+F."""
        self.table.focus_filter()

    def refresh(self) -> None:
        """F5."""
        self.table.reload()
