"""The page of papers: the queue, signing, verifying, copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLabel

from core import config, settings
from core.database import Database
from core.documents import keys, service, stamping
from core.documents.authority import TestAuthority, create_test_office
from core.documents.model import DocumentState
from core.documents.service import bytes_of
from core.messages import text
from desktop.pages.documents.page import DocumentsPage
from desktop.parts.reason import ReasonDialog
from desktop.parts.signing import SigningDesk
from desktop.parts.verdicts import VerdictDialog
from desktop.widgets.pdf import PdfDialog
from tests import papers
from tests.databases import NOW
from tests.gui.pages.conftest import Desk
from tests.gui.pages.walking import Walk
from tests.timeserver import time_server

Shown = Callable[[type[DocumentsPage]], DocumentsPage]
PASSPHRASE = "桂花 2026"


@pytest.fixture
def authority(tmp_path: Path, sqlite_database: Database) -> TestAuthority:
    """The office's test certificate, pinned and set on this machine."""
    made = create_test_office(tmp_path / "trust", "明光市林业局", passphrase=PASSPHRASE, now=NOW)
    with sqlite_database.write() as session:
        keys.pin_authority(session, made, "明光市林业局")
    return made


@pytest.fixture
def paper(desk: Desk, sqlite_database: Database) -> int:
    """A receipt checklist that waits for its signature."""
    Walk(desk, sqlite_database).receive()
    with sqlite_database.read() as session:
        return service.pending(session)[0].id


@pytest.fixture
def remembered(authority: TestAuthority) -> Iterator[None]:
    """The certificate file is set on this machine."""
    before = config.load()
    config.save(config.MachineConfig(signing_key=str(authority.pkcs12)))
    yield
    config.save(before)


def test_that_a_wrong_passphrase_loses_nothing(
    desk: Desk, shown: Shown, paper: int, remembered: None
) -> None:
    page = shown(DocumentsPage)
    assert "1" in page.queue.text()
    desk.dialogs.secrets.append("wrong")
    page.queue._action.click()
    desk.settle()
    assert page.view_model.state.failure is not None
    assert page.view_model.state.failure.code == "sign.passphrase"
    assert page.view_model.state.waiting == 1


def test_that_waiting_papers_are_signed_and_then_verify(
    desk: Desk, shown: Shown, paper: int, remembered: None, sqlite_database: Database
) -> None:
    page = shown(DocumentsPage)
    desk.dialogs.secrets.append(PASSPHRASE)
    page.queue._action.click()
    desk.settle()
    assert page.view_model.state.waiting == 0
    assert page.queue.kind() == "good"
    assert page.view_model.state.signer is not None
    assert page.view_model.state.signer.is_test
    page.open_record("document", paper)
    desk.settle()
    seen: list[str] = []

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, VerdictDialog)
        seen.append(dialog.overall.text())

    desk.dialogs.acts.append(look)
    page.take("verify")
    desk.settle()
    assert seen == ["全部正常"]


def test_that_giving_up_the_passphrase_signs_nothing(
    desk: Desk, shown: Shown, paper: int, remembered: None
) -> None:
    page = shown(DocumentsPage)
    desk.dialogs.secrets.append(None)
    page.queue._action.click()
    desk.settle()
    assert page.view_model.state.waiting == 1
    assert page.view_model.state.failure is None


def test_that_a_paper_that_waits_opens_as_a_preview(desk: Desk, shown: Shown, paper: int) -> None:
    page = shown(DocumentsPage)
    page.open_record("document", paper)
    desk.settle()
    pages: list[int] = []

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, PdfDialog)
        assert "未签章" in dialog.windowTitle()
        pages.append(dialog.preview.page_count())

    desk.dialogs.acts.append(look)
    page.pane.primary.click()
    desk.settle()
    assert pages[0] >= 1


def test_that_a_changed_copy_is_found_and_a_good_one_accepted(
    desk: Desk,
    shown: Shown,
    paper: int,
    remembered: None,
    sqlite_database: Database,
    tmp_path: Path,
) -> None:
    page = shown(DocumentsPage)
    desk.dialogs.secrets.append(PASSPHRASE)
    page.queue._action.click()
    desk.settle()
    with sqlite_database.read() as session:
        data = bytes_of(session, paper)
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(data)
    changed = bytearray(data)
    changed[len(data) // 2] ^= 1
    bad.write_bytes(bytes(changed))
    words: list[str] = []

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, VerdictDialog)
        words.append(dialog.overall.text())

    for path in (good, bad):
        desk.dialogs.acts.append(look)
        page.drop.dropped.emit(path)
        desk.settle()
    assert words == ["全部正常", "有问题"]


def test_that_a_file_that_is_no_paper_gets_a_sentence(
    desk: Desk, shown: Shown, tmp_path: Path
) -> None:
    page = shown(DocumentsPage)
    other = tmp_path / "readme.pdf"
    other.write_bytes(b"hello")
    words: list[str] = []

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, VerdictDialog)
        words.append(dialog.overall.text())

    desk.dialogs.acts.append(look)
    desk.dialogs.files.append(other)
    page.drop.choose.click()
    desk.settle()
    assert words == ["有问题"]


def test_that_a_copy_is_numbered_and_needs_a_purpose(
    desk: Desk, shown: Shown, paper: int, remembered: None, sqlite_database: Database
) -> None:
    page = shown(DocumentsPage)
    desk.dialogs.secrets.append(PASSPHRASE)
    page.queue._action.click()
    desk.settle()
    page.open_record("document", paper)
    desk.settle()

    def why(dialog: QDialog) -> None:
        assert isinstance(dialog, ReasonDialog)
        dialog.edit.setPlainText("档案查阅")
        dialog.accept()

    desk.dialogs.acts.append(why)
    page.take("copy")
    desk.settle()
    with sqlite_database.read() as session:
        original = service.document(session, paper)
        copies = [
            one
            for one in service.papers_of(session, original.record_kind, original.record_id)
            if one.original_id == paper
        ]
    assert [one.copy_number for one in copies] == [1]
    assert copies[0].state is DocumentState.ISSUED


def test_that_a_paper_is_saved_byte_for_byte(
    desk: Desk,
    shown: Shown,
    paper: int,
    remembered: None,
    sqlite_database: Database,
    tmp_path: Path,
) -> None:
    page = shown(DocumentsPage)
    desk.dialogs.secrets.append(PASSPHRASE)
    page.queue._action.click()
    desk.settle()
    page.open_record("document", paper)
    desk.settle()
    target = tmp_path / "copy.pdf"
    desk.dialogs.files.append(target)
    page.take("save")
    desk.settle()
    with sqlite_database.read() as session:
        assert target.read_bytes() == bytes_of(session, paper)


def test_that_a_full_folder_gets_a_sentence_of_its_own(
    desk: Desk, shown: Shown, paper: int, remembered: None, tmp_path: Path
) -> None:
    page = shown(DocumentsPage)
    desk.dialogs.secrets.append(PASSPHRASE)
    page.queue._action.click()
    desk.settle()
    page.open_record("document", paper)
    desk.settle()
    desk.dialogs.files.append(tmp_path / "no such folder" / "copy.pdf")
    page.take("save")
    desk.settle()
    assert "copy.pdf" in page.table.banner.text()


def test_that_stamps_are_fetched_once_the_server_is_back(
    desk: Desk, shown: Shown, paper: int, authority: TestAuthority,
    sqlite_database: Database, tmp_path: Path,
) -> None:  # fmt: skip
    with time_server(tmp_path / "ts") as away:
        gone = away.url
    with sqlite_database.write() as session:
        settings.put(session, stamping.SERVER, gone)
    page = shown(DocumentsPage)
    signing = SigningDesk.of(desk.context)
    signing.use(authority.signer())
    signing.sign()
    desk.settle()
    with sqlite_database.read() as session:
        assert service.document(session, paper).state is DocumentState.ISSUED
        assert stamping.waiting_count(session) > 0
    with time_server(tmp_path / "ts") as server:
        with sqlite_database.write() as session:
            settings.put(session, stamping.SERVER, server.url)
        signing.sign()
        desk.settle()
    with sqlite_database.read() as session:
        assert stamping.waiting_count(session) == 0
        assert stamping.stamp_of(session, paper) is not None
    assert page.view_model.state.failure is None


def test_that_a_name_in_a_special_form_is_pointed_out_before_it_is_signed(
    desk: Desk, shown: Shown, sqlite_database: Database
) -> None:
    facts = {**papers.LETTER, "number": "明林〔2026〕1号", "applicant": "葛\U000e0100城"}
    with sqlite_database.write() as session:
        made = service.prepare(
            session, kind="acceptance", record_kind="application", record_id=7, facts=facts
        )
    page = shown(DocumentsPage)
    page.view_model.select(made.id)
    desk.settle()
    (doubt,) = page.view_model.state.doubts
    assert (doubt.code, doubt.params["text"]) == ("documents.variation", "葛城")
    assert any(text(doubt) in each.text() for each in page.facts.findChildren(QLabel))
