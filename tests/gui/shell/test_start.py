"""From nothing to work: first start, sign-in, lock, faults; every password through the keyring."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from core import config
from core.clock import FixedClock
from core.documents import keys
from core.documents.sign import from_pkcs12
from core.office import OfficeSetup, create_database, open_database
from core.settings import get, office
from core.values.forms import FormField
from desktop.app import Desktop
from desktop.pages.first_start.screen import FirstStartScreen
from desktop.pages.first_start.view_model import Step
from desktop.shell.lock import LockDialog
from desktop.shell.start import Screen, secret_name
from desktop.support import secrets
from desktop.widgets.form_dialog import FormDialog
from tests.gui.answers import TODAY, Answers
from tests.gui.shell.conftest import PASSWORD

At = Callable[[Screen], None]


def press(qtbot: QtBot, key: Qt.Key) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClick(widget, key)


def type_text(qtbot: QtBot, text: str) -> None:
    widget = QApplication.focusWidget()
    assert isinstance(widget, QLineEdit), widget
    widget.insert(text)


def wizard(desktop: Desktop) -> FirstStartScreen:
    screen = desktop.window.findChild(FirstStartScreen)
    assert screen is not None
    return screen


def test_that_a_new_office_is_made_by_keyboard_alone(
    qtbot: QtBot, desktop: Desktop, at: At, home: Path
) -> None:
    desktop.begin()
    at(Screen.FIRST_START)
    desktop.window.activateWindow()
    qtbot.waitUntil(desktop.window.isActiveWindow)
    screen = wizard(desktop)
    screen.next.setFocus()
    press(qtbot, Qt.Key.Key_Space)
    assert screen.view_model.state.step is Step.OFFICE
    for text in ("明光市林业局", "明", "341182", "样例路1号", "05500000000"):
        type_text(qtbot, text)
        press(qtbot, Qt.Key.Key_Return)
    for _ in range(3):
        press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_Space)
    press(qtbot, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is screen.next
    press(qtbot, Qt.Key.Key_Return)
    assert screen.view_model.state.step is Step.ACCOUNT
    for text in ("顾昀", "gu", PASSWORD, PASSWORD):
        type_text(qtbot, text)
        press(qtbot, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is screen.next
    press(qtbot, Qt.Key.Key_Space)
    at(Screen.WORKING)
    assert desktop.context.actor.name == "顾昀"
    with desktop.context.database().read() as session:
        made = office(session)
        assert (made.name, made.short, made.code, made.sample) == (
            "明光市林业局",
            "明",
            "341182",
            False,
        )
        assert made.address == "样例路1号"
        assert get(session, "fund.own_confirmation") is True
        assert [each.is_test for each in keys.keys(session)] == [True, True]
    signer = Path(config.load().signing_key)
    passphrase = secrets.load(secrets.signer_name(signer))
    assert passphrase is not None
    assert from_pkcs12(signer, passphrase).is_test
    assert config.load().login == "gu"


def test_that_a_bad_password_keeps_everything_typed(
    qtbot: QtBot, desktop: Desktop, at: At, home: Path
) -> None:
    desktop.begin()
    at(Screen.FIRST_START)
    screen = wizard(desktop)
    screen.go_on()
    screen.office.form.set_values({"name": "明光市林业局", "short": "明", "code": "341182"})
    screen.go_on()
    screen.account.form.set_values(
        {"name": "顾昀", "login": "gu", "password": "short", "again": "x"}
    )
    screen.go_on()
    assert "again" in screen.account.form.errors()
    screen.account.form.set_values({"again": "short"})
    screen.go_on()
    qtbot.waitUntil(lambda: "password" in screen.account.form.errors(), timeout=10_000)
    assert screen.account.form.values()["login"] == "gu"
    assert not (config.data_folder() / "lintan.db").exists()


def test_that_a_wrong_certificate_passphrase_makes_nothing(
    qtbot: QtBot, desktop: Desktop, at: At, home: Path, dialogs: Answers
) -> None:
    from core.documents.authority import create_test_office

    made = create_test_office(home / "given", "明光市林业局", passphrase="right", now=TODAY)
    desktop.begin()
    at(Screen.FIRST_START)
    screen = wizard(desktop)
    screen.go_on()
    screen.office.form.set_values({"name": "明光市林业局", "short": "明", "code": "341182"})
    screen.go_on()
    screen.account.form.set_values(
        {"name": "顾昀", "login": "gu", "password": PASSWORD, "again": PASSWORD}
    )
    screen.account.file.setChecked(True)
    assert "Certificate file" in screen.account.reason()
    dialogs.files = [made.pkcs12]
    screen.account.findChild(type(screen.next), "BrowseCertificate").click()  # type: ignore[union-attr]
    screen.account.passphrase.setText("wrong")
    screen.go_on()
    qtbot.waitUntil(screen.banner.isVisible, timeout=10_000)
    assert screen.banner.kind() == "error"
    assert not (config.data_folder() / "lintan.db").exists()
    screen.account.passphrase.setText("right")
    screen.go_on()
    at(Screen.WORKING)
    with desktop.context.database().read() as session:
        assert keys.roots(session) == (made.root,)


def test_that_a_file_that_is_there_is_never_overwritten(
    qtbot: QtBot, desktop: Desktop, at: At, home: Path, dialogs: Answers
) -> None:
    taken = home / "taken.db"
    taken.write_bytes(b"important")
    desktop.begin()
    at(Screen.FIRST_START)
    screen = wizard(desktop)
    screen.view_model.use_file(taken)
    screen.go_on()
    assert screen.view_model.state.step is Step.WHERE
    assert screen.banner.isVisible()
    assert taken.read_bytes() == b"important"


def test_that_a_shared_database_that_does_not_answer_says_so(
    qtbot: QtBot, desktop: Desktop, at: At, home: Path
) -> None:
    desktop.begin()
    at(Screen.FIRST_START)
    screen = wizard(desktop)
    screen.findChild(QRadioButton, "Kind_shared").setChecked(True)  # type: ignore[union-attr]
    screen.where.server.set_values({"host": "127.0.0.1", "port": "1", "database": "lintan"})
    screen.go_on()
    at(Screen.SIGN_IN)
    desktop.start.sign_in("gu", PASSWORD)
    at(Screen.FAULT)
    assert "The server cannot be reached" in desktop.window.fault.text()


@pytest.mark.long
def test_that_the_sample_office_is_built_and_opened_from_the_wizard(
    qtbot: QtBot, desktop: Desktop, at: At, home: Path
) -> None:
    desktop.begin()
    at(Screen.FIRST_START)
    screen = wizard(desktop)
    screen.findChild(QRadioButton, "Kind_sample").setChecked(True)  # type: ignore[union-attr]
    screen.go_on()
    qtbot.waitUntil(lambda: desktop.start.state.screen is Screen.WORKING, timeout=300_000)
    assert desktop.context.actor.login == "wangfang"
    with desktop.context.database().read() as session:
        assert office(session).sample
    assert "accounts.txt" in desktop.window.workspace.banner.text()  # type: ignore[union-attr]
    assert config.load().database.endswith("demo.db")


def test_that_building_the_sample_office_can_be_stopped(
    qtbot: QtBot, desktop: Desktop, at: At, home: Path
) -> None:
    desktop.begin()
    at(Screen.FIRST_START)
    screen = wizard(desktop)
    screen.findChild(QRadioButton, "Kind_sample").setChecked(True)  # type: ignore[union-attr]
    screen.go_on()
    qtbot.waitUntil(lambda: screen.view_model.state.total > 0, timeout=60_000)
    qtbot.mouseClick(screen.making.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: screen.view_model.state.step is Step.WHERE, timeout=60_000)
    assert not list(config.data_folder().rglob("*.db"))


def test_that_a_wrong_password_is_told_and_the_account_stays(
    qtbot: QtBot, office_file: Path, desktop: Desktop, at: At
) -> None:
    desktop.begin()
    at(Screen.SIGN_IN)
    screen = desktop.window.sign_in
    assert screen.login.text() == "gu"
    screen.password.setText("wrong password")
    screen.submit()
    qtbot.waitUntil(screen.banner.isVisible, timeout=10_000)
    assert screen.banner.text() == "Unknown account or wrong password."
    assert (screen.login.text(), screen.password.text()) == ("gu", "")
    screen.password.setText(PASSWORD)
    qtbot.keyClick(screen.password, Qt.Key.Key_Return)
    at(Screen.WORKING)


def test_that_a_remembered_password_is_filled_in_but_not_used_by_itself(
    qtbot: QtBot, office_file: Path, desktop: Desktop, at: At
) -> None:
    url = f"sqlite:///{office_file}"
    secrets.save(secret_name("gu", url), PASSWORD)
    desktop.begin()
    at(Screen.SIGN_IN)
    qtbot.waitUntil(lambda: desktop.window.sign_in.password.text() == PASSWORD)
    assert desktop.start.state.screen is Screen.SIGN_IN
    secrets.forget(secret_name("gu", url))


def test_that_without_a_password_store_the_person_is_told_and_asked_each_time(
    qtbot: QtBot,
    office_file: Path,
    desktop: Desktop,
    at: At,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import keyring
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    try:
        desktop.begin()
        at(Screen.SIGN_IN)
        screen = desktop.window.sign_in
        assert not screen.remember.isVisible()
        assert "no password store" in screen.note()
    finally:
        keyring.set_keyring(before)


def test_that_the_lock_asks_for_the_password_and_keeps_the_page(
    qtbot: QtBot, signed_in: Desktop, at: At
) -> None:
    page = signed_in.window.page()
    assert page is not None
    page.findChild(QLineEdit, "FirstField").setText("half typed")  # type: ignore[union-attr]
    signed_in.idle.idle.emit()
    at(Screen.LOCKED)
    assert signed_in.window.page() is None
    lock = signed_in.window.lock
    lock.password.setText("wrong password")
    lock.submit()
    qtbot.waitUntil(lock.banner.isVisible, timeout=10_000)
    assert signed_in.start.state.screen is Screen.LOCKED
    lock.password.setText(PASSWORD)
    lock.submit()
    at(Screen.WORKING)
    assert signed_in.window.page() is page
    assert page.findChild(QLineEdit, "FirstField").text() == "half typed"  # type: ignore[union-attr]


def test_that_an_open_dialog_is_covered_by_the_lock_and_keeps_what_was_typed(
    qtbot: QtBot, signed_in: Desktop, at: At, dialogs: Answers
) -> None:
    form = FormDialog("Register", (FormField("name", "Name"),), dialogs=dialogs)
    form.setModal(True)
    form.show()
    form.form.set_values({"name": "王芳 341182"})
    signed_in.idle.idle.emit()
    at(Screen.LOCKED)
    lock = QApplication.activeModalWidget()
    assert isinstance(lock, LockDialog)
    cover = form.childAt(form.rect().center())
    assert "341182" not in cover.text()  # type: ignore[attr-defined]
    qtbot.keyClick(lock, Qt.Key.Key_Escape)
    lock.close()
    assert lock.isVisible()
    lock.screen_.password.setText("wrong password")
    lock.screen_.submit()
    qtbot.waitUntil(lock.screen_.banner.isVisible, timeout=10_000)
    lock.screen_.password.setText(PASSWORD)
    lock.screen_.submit()
    at(Screen.WORKING)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is form)
    assert form.form.values() == {"name": "王芳 341182"}
    form.close()
    form.deleteLater()


def test_that_signing_out_asks_before_losing_what_was_typed(
    qtbot: QtBot, signed_in: Desktop, at: At, dialogs: Answers
) -> None:
    signed_in.window.page().lost = "a new application"  # type: ignore[union-attr]
    dialogs.yes = False
    signed_in.window._on_sign_out()
    assert signed_in.start.state.screen is Screen.WORKING
    assert "a new application" in dialogs.asked[-1]
    dialogs.yes = True
    signed_in.window._on_sign_out()
    at(Screen.SIGN_IN)
    assert signed_in.window.workspace is None


def test_that_a_second_window_on_the_same_file_is_refused(
    qtbot: QtBot, office_file: Path, desktop: Desktop, at: At
) -> None:
    first = open_database(f"sqlite:///{office_file}", "gu", PASSWORD, window=True)
    try:
        desktop.begin()
        at(Screen.SIGN_IN)
        desktop.start.sign_in("gu", PASSWORD)
        at(Screen.FAULT)
        assert "already" in desktop.window.fault.text()
    finally:
        first.close()
    desktop.start.retry()
    at(Screen.SIGN_IN)


@pytest.mark.parametrize(
    ("harm", "title"),
    [
        ("missing", "The database is not there"),
        ("garbage", "The database cannot be opened"),
        ("newer", "The database is newer than this program"),
    ],
)
def test_that_each_fault_of_the_file_has_its_own_sentence_and_changes_nothing(
    qtbot: QtBot, home: Path, desktop: Desktop, at: At, harm: str, title: str
) -> None:
    file = home / "office.db"
    if harm == "garbage":
        file.write_bytes(b"this is no database" * 100)
    if harm == "newer":
        setup = OfficeSetup(name="明光市林业局", short="明")
        create_database(f"sqlite:///{file}", setup, "gu", "顾昀", PASSWORD, FixedClock(TODAY))
        connection = sqlite3.connect(file)
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
        connection.close()
    before = file.read_bytes() if file.exists() else b""
    desktop.begin(str(file))
    if harm == "newer":
        at(Screen.SIGN_IN)
        desktop.start.sign_in("gu", PASSWORD)
    at(Screen.FAULT)
    assert desktop.window.fault.text().startswith(title)
    assert (file.read_bytes() if file.exists() else b"") == before
