"""Signing in the window: several in turn, with a token, and the watch over certificates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel

from core import config, settings
from core.database import Database
from core.documents import keys, service, signatories
from core.documents.authority import TestAuthority, create_test_office
from core.documents.model import DocumentState
from core.documents.verify import verify
from core.documents.watch import STAGES
from core.i18n import _
from desktop.pages.dashboard.page import DashboardPage
from desktop.pages.documents.page import DocumentsPage
from desktop.parts.signing import SigningDesk
from desktop.parts.token_dialog import TokenDialog
from desktop.parts.verdicts import VerdictDialog
from desktop.support import secrets
from tests import databases, papers, softhsm
from tests.databases import NOW
from tests.gui.pages.conftest import Desk

_STARTS = Qt.MatchFlag.MatchStartsWith
Shown = Callable[[type[DocumentsPage]], DocumentsPage]
PASSPHRASE = "桂花 2026"
APPROVER = "赵审定"


@pytest.fixture
def authority(tmp_path: Path, sqlite_database: Database) -> TestAuthority:
    """The office's certificate and the approver's own one, pinned."""
    made = create_test_office(
        tmp_path / "trust", "明光市林业局", passphrase=PASSPHRASE, now=NOW, people=[APPROVER]
    )
    with sqlite_database.write() as session:
        keys.pin_authority(session, made, "明光市林业局")
    return made


@pytest.fixture(autouse=True)
def _machine() -> Iterator[None]:
    """No certificate is set on this machine before, and none afterwards."""
    before = config.load()
    yield
    config.save(before)


def letter(database: Database) -> int:
    with database.write() as session:
        facts = {**papers.LETTER, "number": "明林〔2026〕1号"}
        return service.prepare(
            session, kind="acceptance", record_kind="account", record_id=1, facts=facts
        ).id


def approval(database: Database) -> int:
    facts = papers.facts_for("approval_form")
    del facts["approver_signs"]
    with database.write() as session:
        settings.put(session, signatories.SETTING, value=True)
        return service.prepare(
            session, kind="approval_form", record_kind="account", record_id=1, facts=facts
        ).id


def state_of(database: Database, paper: int) -> DocumentState:
    with database.read() as session:
        return service.document(session, paper).state


def test_that_approver_and_office_sign_in_turn(
    desk: Desk, shown: Shown, authority: TestAuthority, sqlite_database: Database
) -> None:
    paper = approval(sqlite_database)
    signing = SigningDesk.of(desk.context)
    with databases.open_as(sqlite_database, "approver") as approver:
        desk.sit(approver)
        page = shown(DocumentsPage)
        assert f"{_(signatories.TITLES['approver'])} 1" in page.queue.text()
        signing.use(authority.signer_of(APPROVER))
        page.queue._action.click()
        desk.settle()
        assert state_of(sqlite_database, paper) is DocumentState.PARTLY_SIGNED
        page.open_record("document", paper)
        desk.settle()
        assert [one.role for one in page.view_model.state.signatures] == ["approver"]
        page.close()
        desk.settle()
    with databases.open_as(sqlite_database, "issuer") as issuer:
        desk.sit(issuer)
        page = shown(DocumentsPage)
        signing.use(authority.signer())
        page.queue._action.click()
        desk.settle()
        assert state_of(sqlite_database, paper) is DocumentState.ISSUED
        seen: list[str] = []

        def look(dialog: QDialog) -> None:
            assert isinstance(dialog, VerdictDialog)
            seen.append(dialog.overall.text())

        page.open_record("document", paper)
        desk.settle()
        desk.dialogs.acts.append(look)
        page.take("verify")
        desk.settle()
        assert seen == ["全部正常"]
        page.close()
        desk.settle()
    desk.sit(sqlite_database)


def test_that_a_turn_of_somebody_else_is_no_fault(
    desk: Desk, shown: Shown, authority: TestAuthority, sqlite_database: Database
) -> None:
    paper = approval(sqlite_database)
    with databases.open_as(sqlite_database, "issuer") as issuer:
        desk.sit(issuer)
        page = shown(DocumentsPage)
        signing = SigningDesk.of(desk.context)
        signing.use(authority.signer())
        signing.sign([paper])
        desk.settle()
        report = page.view_model.state.report
        assert report is not None
        assert (report.signed, report.faults, dict(report.awaits)) == (0, (), {"approver": 1})
        page.close()
        desk.settle()
    desk.sit(sqlite_database)


@pytest.fixture
def token_root(tmp_path: Path, sqlite_database: Database) -> Iterator[bytes]:
    """A token is plugged in, and its root pinned."""
    if not softhsm.installed():
        pytest.skip("needs SoftHSM2 (Debian package softhsm2)")
    (tmp_path / "hsm").mkdir()
    with softhsm.token_store(tmp_path / "hsm"):
        root = softhsm.plug_in("window", softhsm.make_key("p256"))
        with sqlite_database.write() as session:
            keys.pin_root(session, root)
        yield root


def choose(desk: Desk, authority: TestAuthority, pin: str, *, remember: bool = False) -> None:
    """Fill the dialog of the token as a person does."""

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, TokenDialog)
        ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
        desk.qtbot.waitUntil(dialog.look.isEnabled)  # it looks into the first library by itself
        dialog.library.setEditText(str(softhsm.library()))
        dialog.look.click()
        desk.qtbot.waitUntil(lambda: dialog.tokens.findText("window", _STARTS) >= 0)
        dialog.tokens.setCurrentIndex(dialog.tokens.findText("window", _STARTS))
        assert not ok.isEnabled()
        dialog.pin.setText(pin)
        dialog.codes.setText(str(authority.pkcs12.with_suffix(".qr.pem")))
        dialog.codes_secret.setText(PASSPHRASE)
        dialog.remember.setChecked(remember)
        assert ok.isEnabled()
        ok.click()

    desk.dialogs.acts.append(act)


def test_that_a_token_signs_from_the_window(
    desk: Desk, shown: Shown, authority: TestAuthority, sqlite_database: Database, token_root: bytes
) -> None:
    first = letter(sqlite_database)
    page = shown(DocumentsPage)
    choose(desk, authority, softhsm.PIN, remember=True)
    page.token_button.click()
    desk.settle()
    assert page.view_model.state.failure is None
    assert page.view_model.state.signer is not None
    assert page.view_model.state.signer.name == papers.OFFICE
    page.queue._action.click()
    desk.settle()
    with sqlite_database.read() as session:
        data = service.bytes_of(session, first)
        assert verify(data, roots=[token_root], session=session).ok
    assert secrets.load(secrets.token_name("window")) == softhsm.PIN
    assert config.load().token_label == "window"
    # The next session opens it with what the password store keeps.
    second = letter(sqlite_database)
    fresh = SigningDesk(desk.context)
    fresh.sign([second])
    desk.settle()
    assert state_of(sqlite_database, second) is DocumentState.ISSUED


def test_that_a_wrong_pin_is_told_and_signs_nothing(
    desk: Desk, shown: Shown, authority: TestAuthority, sqlite_database: Database, token_root: bytes
) -> None:
    paper = letter(sqlite_database)
    page = shown(DocumentsPage)
    choose(desk, authority, "1111")
    page.token_button.click()
    desk.settle()
    assert page.view_model.state.failure is not None
    assert page.view_model.state.failure.code == "token.pin"
    assert state_of(sqlite_database, paper) is DocumentState.TO_SIGN
    assert config.load().token_library == ""


def test_that_a_library_that_is_none_is_told_in_the_dialog(
    desk: Desk, shown: Shown, tmp_path: Path
) -> None:
    page = shown(DocumentsPage)
    told: list[str] = []

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, TokenDialog)
        desk.settle()
        dialog.library.setEditText(str(tmp_path / "driver.so"))
        dialog.look.click()
        desk.qtbot.waitUntil(lambda: "driver.so" in dialog.banner.text())
        told.append(dialog.banner.text())
        dialog.reject()

    desk.dialogs.acts.append(act)
    page.token_button.click()
    desk.settle()
    assert told


def test_that_an_ending_certificate_is_shown_and_retired(
    desk: Desk, shown: Shown, authority: TestAuthority, sqlite_database: Database
) -> None:
    letter(sqlite_database)
    signer = authority.signer()
    service.issue_pending(sqlite_database, signer)
    end = signer.certificate.not_valid_after_utc
    for days in (25, -2):
        desk.clock.instant = end - timedelta(days=days)
        _move(sqlite_database, desk)
        board = shown(DashboardPage)  # type: ignore[type-var, arg-type]
        desk.settle()
        overview = board.view_model.state.overview  # type: ignore[attr-defined]
        assert [one.subject for one in overview.expiring] == [signer.name]
        page = shown(DocumentsPage)
        (one,) = page.view_model.state.certificates
        assert one.days_left == days
        shown_words = [each.text() for each in page.watched.findChildren(QLabel)]
        assert any(_(STAGES[one.stage]) in each for each in shown_words)
        assert page.retire_button.isVisible() is (days < 0)
    page.retire_button.click()
    desk.settle()
    assert page.view_model.state.certificates == ()


def _move(database: Database, desk: Desk) -> None:
    """The database's clock stands where the desk's does."""
    from core.clock import FixedClock

    clock = database.clock
    assert isinstance(clock, FixedClock)
    clock.instant = desk.clock.instant


def seen_of(desk: Desk, page: DocumentsPage, file: Path) -> list[str]:
    """Every text of the verdict on a file."""
    seen: list[str] = []

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, VerdictDialog)
        seen.append(dialog.overall.text())
        seen.extend(each.text() for each in dialog.findChildren(QLabel))

    desk.dialogs.acts.append(look)
    page.verify_file(file)
    desk.settle()
    desk.qtbot.waitUntil(lambda: not desk.dialogs.acts)
    return seen


def test_that_a_photo_or_a_scan_is_judged_by_its_code(
    desk: Desk, shown: Shown, authority: TestAuthority, sqlite_database: Database, tmp_path: Path
) -> None:
    paper = letter(sqlite_database)
    service.issue_pending(sqlite_database, authority.signer())
    with sqlite_database.read() as session:
        data = service.bytes_of(session, paper)
    with pypdfium2.PdfDocument(data) as document:
        picture = document[0].render(scale=200 / 72).to_pil()
    picture.save(tmp_path / "photo.png")
    picture.convert("L").save(tmp_path / "scan.pdf", resolution=200)
    page = shown(DocumentsPage)
    for name in ("photo.png", "scan.pdf"):
        seen = seen_of(desk, page, tmp_path / name)
        assert seen[0] == _("The code is in order: compare the paper")
        assert {"明林〔2026〕1号", _("issued"), _("cannot be told from a picture")} <= {*seen}
    with sqlite_database.write() as session:
        service.void(session, paper, "打印污损")
    for name in ("photo.png", "scan.pdf"):
        seen = seen_of(desk, page, tmp_path / name)
        assert seen[0] == _("Not in order")
        assert _("void") in seen
    Image.new("L", (80, 80), 255).save(tmp_path / "empty.png")
    page.verify_file(tmp_path / "empty.png")
    desk.settle()
    desk.qtbot.waitUntil(lambda: "empty.png" in page.table.banner.text())
