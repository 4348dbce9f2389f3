"""Forms: what is typed is kept, judged when left, and said in words; everything by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from core.errors import FieldError, InputError, RuleViolation
from core.values.forms import FormField
from core.values.money import Money
from desktop.widgets.fields import TableEditor, TextEditor
from desktop.widgets.form import FormView, from_identity_number
from desktop.widgets.form_dialog import FormDialog
from desktop.widgets.grid import GridModel
from tests.gui.answers import Answers

FIELDS = (
    FormField("name", "Name", required=True),
    FormField("kind", "Kind", "choice", required=True, choices=(("a", "Person"), ("b", "Body"))),
    FormField("number", "Number"),
    FormField("birth", "Born", "date"),
    FormField("sex", "Sex"),
    FormField("area", "Area", "area"),
    FormField("money", "Amount", "money"),
    FormField("open", "Public", "bool"),
    FormField("note", "Remark", "long"),
    FormField("file", "File", "file"),
)
TABLE = (
    FormField(
        "parcels",
        "Parcels",
        "table",
        columns=(
            FormField("village", "Village", required=True),
            FormField("area", "Area", "area"),
            FormField("origin", "Origin", "choice", choices=(("n", "Natural"), ("p", "Planted"))),
        ),
    ),
)


@pytest.fixture
def form(qtbot: QtBot, dialogs: Answers) -> FormView:
    view = FormView(FIELDS, dialogs)
    qtbot.addWidget(view)
    view.resize(640, 700)
    view.show()
    qtbot.waitExposed(view)
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    return view


def line(form: FormView, name: str) -> QLineEdit:
    edit = form.findChild(QLineEdit, f"Field_{name}")
    assert edit is not None
    return edit


def below(form: FormView, name: str) -> str:
    return form._rows[name].below.text()


def test_that_enter_walks_through_all_fields_in_order_and_ends(
    qtbot: QtBot, form: FormView
) -> None:
    form.focus_first()
    seen = []
    with qtbot.waitSignal(form.entered):
        for _ in FIELDS:
            widget = QApplication.focusWidget()
            assert widget is not None
            seen.append(widget.objectName().removeprefix("Field_"))
            if seen[-1] == "note":
                qtbot.keyClick(widget, Qt.Key.Key_Tab)  # Enter begins a new line there
            else:
                qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert seen == [field.name for field in FIELDS]


def test_that_tab_goes_the_same_way_as_enter(qtbot: QtBot, form: FormView) -> None:
    form.focus_first()
    seen = []
    for _ in FIELDS:
        widget = QApplication.focusWidget()
        assert widget is not None
        seen.append(widget.objectName().removeprefix("Field_"))
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert seen == [field.name for field in FIELDS]


def test_that_each_label_has_its_own_letter_and_names_its_field(form: FormView) -> None:
    letters = set()
    for name, row in form._rows.items():
        assert row.label.buddy() is row.editor.focus_widget(), name
        text = row.label.text()
        letters.add(text[text.index("&") + 1].upper())
    assert len(letters) == len(FIELDS)
    assert "S" not in letters


def test_that_alt_and_the_letter_jumps_to_the_field(qtbot: QtBot, form: FormView) -> None:
    form.focus_first()
    text = form._rows["money"].label.text()
    letter = text[text.index("&") + 1]
    key = getattr(Qt.Key, f"Key_{letter.upper()}")
    qtbot.keyClick(line(form, "name"), key, Qt.KeyboardModifier.AltModifier)
    assert line(form, "money").hasFocus()


def test_that_amount_and_area_say_more_while_typing(form: FormView) -> None:
    line(form, "money").setText("1409.50")
    assert below(form, "money") == "人民币壹仟肆佰零玖元伍角"
    line(form, "area").setText("15亩")
    assert below(form, "area") == "15.00 mu = 1.0000 ha"
    line(form, "area").setText("1.5亩x")
    assert below(form, "area") == ""


def test_that_a_wrong_value_is_told_when_left_and_not_before(qtbot: QtBot, form: FormView) -> None:
    edit = line(form, "money")
    edit.setFocus()
    qtbot.keyClicks(edit, "12,x")
    assert form.errors() == {}
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert "money" in form.errors()
    assert form.reason() == "Please correct: Amount"
    assert edit.property("wrong") == "true"
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Backspace)
    assert form.errors() == {}


def test_that_save_is_refused_with_the_reason_until_everything_needed_is_there(
    form: FormView,
) -> None:
    assert form.reason() == "Still to fill in: Name, Kind"
    line(form, "name").setText("王芳")
    box = form.findChild(QComboBox, "Field_kind")
    assert box is not None
    box.setCurrentIndex(1)
    assert form.reason() == ""
    line(form, "money").setText("1409.5")
    parsed = form.parsed()
    assert parsed["name"] == "王芳"
    assert parsed["kind"] == "a"
    assert parsed["money"] == Money.parse("1409.50")
    assert parsed["open"] is False


def test_that_text_being_composed_is_neither_judged_nor_swallowed(
    qtbot: QtBot, form: FormView
) -> None:
    edit = line(form, "name")
    edit.setFocus()
    QApplication.sendEvent(edit, QInputMethodEvent("wang'fang", []))
    assert edit.text() == ""
    assert form.errors() == {}
    commit = QInputMethodEvent("", [])
    commit.setCommitString("王芳·𠮷")
    QApplication.sendEvent(edit, commit)
    assert edit.text() == "王芳·𠮷"


def test_that_an_identity_number_fills_birth_and_sex_but_never_over_typing(form: FormView) -> None:
    form.derive("number", from_identity_number("birth", "sex"))
    line(form, "number").setText("341182199003071234")
    assert form.values()["birth"] == "1990-03-07"
    assert form.values()["sex"] == "男"
    line(form, "number").setText("341182199003081224")
    assert form.values()["birth"] == "1990-03-08"
    assert form.values()["sex"] == "女"
    line(form, "sex").setText("其他")
    line(form, "number").setText("341182199003071234")
    assert form.values()["sex"] == "其他"


@pytest.mark.parametrize("typed", ["20261125", "2026-11-25", "2026年11月25日", "2026.11.25"])
def test_that_a_date_may_be_typed_as_people_write_it(
    qtbot: QtBot, form: FormView, typed: str
) -> None:
    edit = line(form, "birth")
    edit.setFocus()
    edit.setText(typed)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "2026-11-25"


def test_that_errors_of_the_core_stand_under_their_fields_and_the_rest_is_returned(
    form: FormView,
) -> None:
    error = InputError(
        FieldError("number", "form.required"), FieldError("elsewhere", "form.required")
    )
    rest = form.show_errors(error)
    assert below(form, "number") == "This field must be filled in."
    assert line(form, "number").hasFocus()
    assert rest == ["This field must be filled in."]


def test_that_a_draft_is_offered_a_moment_after_typing(qtbot: QtBot, form: FormView) -> None:
    with qtbot.waitSignal(form.draft_changed) as caught:
        line(form, "name").setText("王")
    assert caught.args is not None
    assert caught.args[0]["name"] == "王"


def test_that_a_file_is_picked_through_the_dialogs(
    qtbot: QtBot, form: FormView, dialogs: Answers, tmp_path: Path
) -> None:
    path = tmp_path / "证明.pdf"
    path.write_bytes(b"x")
    dialogs.files = [path]
    qtbot.mouseClick(form.findChild(QPushButton, "Browse_file"), Qt.MouseButton.LeftButton)
    assert form.values()["file"] == str(path)


def test_that_hidden_letters_and_read_only_forms_keep_their_values(
    qtbot: QtBot, dialogs: Answers
) -> None:
    view = FormView((FormField("secret", "Password"),), dialogs, {"secret": " a  b "}, ("secret",))
    qtbot.addWidget(view)
    edit = line(view, "secret")
    assert edit.echoMode() == QLineEdit.EchoMode.Password
    view.set_read_only(True)
    assert edit.isReadOnly()
    assert view.values()["secret"] == " a  b "


def test_that_a_check_box_says_yes_or_no(form: FormView) -> None:
    box = form.findChild(QCheckBox, "Field_open")
    assert box is not None
    assert form.values()["open"] == "no"
    box.setChecked(True)
    assert form.values()["open"] == "yes"


# --- tables -----------------------------------------------------------------------------------


@pytest.fixture
def table_form(qtbot: QtBot, dialogs: Answers) -> FormView:
    view = FormView(TABLE, dialogs)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitExposed(view)
    return view


def grid(form: FormView) -> TableEditor:
    editor = form.editor("parcels")
    assert isinstance(editor, TableEditor)
    return editor


def test_that_the_grid_keeps_qts_contract(qapp: object) -> None:
    model = GridModel(TABLE[0].columns)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.set_lines([{"village": "东村"}])
    model.setData(model.index(1, 0), "西村")
    model.paste(0, 1, "1.5\tp\r\n2.5\tn\r\n")
    model.remove([0])
    assert model.lines() == [{"village": "西村", "area": "2.5", "origin": "n"}]
    tester.deleteLater()
    model.deleteLater()


def test_that_rows_copied_in_excel_are_pasted_whole(qtbot: QtBot, table_form: FormView) -> None:
    QGuiApplication.clipboard().setText('东村\t1.5\tNatural\r\n"西\n村"\t2\tp\r\n')
    view = grid(table_form).grid.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert table_form.values()["parcels"] == [
        {"village": "东村", "area": "1.5", "origin": "Natural"},
        {"village": "西\n村", "area": "2", "origin": "p"},
    ]
    parsed = table_form.parsed()["parcels"]
    assert [each["origin"] for each in parsed] == ["n", "p"]  # type: ignore[attr-defined]


def test_that_a_wrong_cell_is_named_with_line_and_column(
    qtbot: QtBot, table_form: FormView
) -> None:
    table_form.set_values(
        {"parcels": [{"village": "东村", "area": "1"}, {"village": "", "area": "y"}]}
    )
    with pytest.raises(InputError):
        table_form.parsed()
    text = table_form.errors()["parcels"]
    assert "Line 2, Village: This field must be filled in." in text
    assert "Line 2, Area:" in text
    model = grid(table_form).grid.model
    assert model.index(1, 0).data(Qt.ItemDataRole.BackgroundRole) is not None
    assert model.index(0, 0).data(Qt.ItemDataRole.BackgroundRole) is None
    assert model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole) == "This field must be filled in."


def test_that_enter_in_the_grid_goes_to_the_next_cell(qtbot: QtBot, table_form: FormView) -> None:
    view = grid(table_form).grid.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 1))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert view.currentIndex().column() == 2


# --- the dialog ---------------------------------------------------------------------------------


def test_that_a_refused_save_keeps_the_dialog_and_what_was_typed(
    qtbot: QtBot, dialogs: Answers, run_dialog: Callable[[FormDialog], None]
) -> None:
    dialog = FormDialog("Register", FIELDS[:3], dialogs=dialogs, sentence="This is final.")
    run_dialog(dialog)
    assert not dialog.accept_button.isEnabled()
    dialog.form.set_values({"name": "王芳", "kind": "a", "number": "12"})
    assert dialog.accept_button.isEnabled()
    with qtbot.waitSignal(dialog.submitted):
        qtbot.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert not dialog.accept_button.isEnabled()
    dialog.fail(InputError(FieldError("number", "form.required")))
    assert dialog.isVisible()
    assert dialog.form.errors() == {"number": "This field must be filled in."}
    dialog.form.set_values({"number": "13"})
    dialog.submit()
    dialog.fail(RuleViolation("desktop.no_database"))
    assert dialog.banner.isVisible()
    assert dialog.form.values()["name"] == "王芳"
    dialog.submit()
    dialog.succeed()
    assert not dialog.isVisible()


def test_that_a_label_with_an_ampersand_or_tag_is_shown_as_it_is(
    qtbot: QtBot, dialogs: Answers
) -> None:
    view = FormView((FormField("x", "A & <b>B</b>"),), dialogs)
    qtbot.addWidget(view)
    label = view._rows["x"].label
    assert isinstance(label, QLabel)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert "&&" in label.text()
    assert isinstance(view.editor("x"), TextEditor)
