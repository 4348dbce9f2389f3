"""Scenes of the papers: who signs next, a token, the parts of a template."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtWidgets import QDialog

from core.documents.templates import shipped_kinds
from core.values.listing import ListQuery
from desktop.pages.documents.page import DocumentsPage
from desktop.pages.system.page import SystemPage
from desktop.parts.template_editor import TemplateEditor
from desktop.pictures import Scene, Stage, caught, place


def several(stage: Stage) -> None:
    """An approval form that two signed."""
    page = place(stage, DocumentsPage)
    page.table.set_query(ListQuery(text="审批表"))
    stage.settle()
    page.table.view.selectRow(0)
    stage.shoot()


def token(stage: Stage) -> None:
    """Choosing the token and its PIN."""
    caught(stage, place(stage, DocumentsPage).token_button.click)


def editor(part: str, kind: str) -> Scene:
    """The editor of texts with a part chosen."""

    def scene(stage: Stage) -> None:
        page = place(stage, SystemPage)
        page.open_section("templates")
        stage.settle()
        page.table.selectRow(shipped_kinds().index(kind))

        def fill(dialog: QDialog) -> None:
            assert isinstance(dialog, TemplateEditor)
            dialog.parts.choose(max(0, dialog.parts.place_of(part)))
            stage.settle()

        caught(stage, partial(page.act, "edit"), fill)

    return scene


SCENES: Mapping[str, Scene] = {
    "document-several": several,
    "document-token": token,
    "template-parts": editor("请凭本通知书", "acceptance"),
    "template-placed": editor("扫码核验", "certificate"),
}
