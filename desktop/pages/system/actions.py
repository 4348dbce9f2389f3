"""What the buttons of the system page do: each opens one dialog and runs one use case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from core import access, audit, numbering, settings
from core.access import AccountSummary, RoleSummary
from core.audit import Agreement, AuditLine, AuditVerdict
from core.audit.names import record_name
from core.carbon import service as carbon
from core.carbon.service import ParameterSetView
from core.documents.service import current_template
from core.i18n import N_, _
from core.numbering import SeriesState
from core.settings.specs import SettingSpec
from core.values.forms import FormField
from desktop.jobs.runner import Report, Token
from desktop.pages.system import sheets
from desktop.pages.system.asking import Asking
from desktop.pages.system.dialogs import (
    GivenRole,
    JsonDialog,
    LedgerDialog,
    RoleDialog,
    RolesDialog,
    TableDialog,
    audit_rows,
    parameter_rows,
    setting_field,
)
from desktop.pages.system.sections import Row, series_titles
from desktop.parts.action_dialog import Done, Failed
from desktop.parts.reason import ask_reason
from desktop.parts.template_editor import TemplateEditor

VALID_FROM = FormField(
    "valid_from",
    N_("Valid from"),
    "date",
    required=True,
    help=N_("The first day of the new value."),
)
PASSWORD = FormField("password", N_("New password"), required=True)


class Actions(Asking):
    """Opens the dialogs of the system page."""

    def run(self, section: str, action: str, row: Row | None) -> None:
        """Do what a button says, on the chosen row if there is one."""
        data = row.data if row is not None else None
        if section == "sheets":
            self._sheets(action, data)
            return
        getattr(self, f"_{section}_{action}")(data)

    # -- numbered sheets

    def _sheets(self, action: str, values: object) -> None:
        if action == "moves":
            self._context.jobs.read(sheets.moves, done=self._show_moves, failed=self._fail)
            return
        title, sentence, fields, write = sheets.MOVES[action]
        shown = values if isinstance(values, dict) and action != "receive" else None
        self._ask(_(title), _(sentence), fields, write, shown)

    def _show_moves(self, rows: list[tuple[str, ...]]) -> None:
        title = _("Movements of numbered sheets")
        dialog = TableDialog(self._context, title, sheets.move_headers(), rows)
        self._context.dialogs.exec(dialog)

    # -- texts of papers

    def _templates_edit(self, kind: str) -> None:
        def load(session: Session) -> str:
            return current_template(session, kind).source

        def show(source: str) -> None:
            self._context.dialogs.exec(TemplateEditor(self._context, kind, source))

        self._context.jobs.read(load, done=show, failed=self._fail)

    # -- office settings

    def _settings_change(self, spec: SettingSpec) -> None:
        def load(session: Session) -> object:
            return settings.get(session, spec.key)

        def show(value: object) -> None:
            if spec.kind == "json":
                self._edit_json(spec, value)
                return
            field = setting_field(spec)
            shown = "" if value is None else value

            def write(session: Session, given: Mapping[str, Any]) -> None:
                new = given["value"]
                plain = "" if new is None and spec.kind in {"text", "long"} else new
                settings.put(session, spec.key, plain, given["valid_from"])

            values = {"value": shown, "valid_from": self._today()}
            self._ask(_("Change the value"), _(spec.title), (field, VALID_FROM), write, values)

        self._context.jobs.read(load, done=show, failed=self._fail)

    def _edit_json(self, spec: SettingSpec, value: object) -> None:
        dialog = JsonDialog(self._context, _(spec.title), value)

        def save(new: object, done: Done, failed: Failed) -> None:
            self._view_model.write(
                lambda session: settings.put(session, spec.key, new), done, failed
            )

        dialog.start = save
        self._context.dialogs.exec(dialog)

    # -- accounts and roles

    def _accounts_new(self, _data: object) -> None:
        fields = (
            FormField("login", N_("Login"), required=True, help=N_("Small letters and digits.")),
            FormField("name", N_("Name"), required=True),
            PASSWORD,
        )

        def write(session: Session, given: Mapping[str, Any]) -> object:
            return access.create_account(
                session, given["login"], given["name"], given["password"], ()
            )

        sentence = _("The account can do nothing until it is given roles.")
        self._ask(_("New account"), sentence, fields, write)

    def _accounts_roles(self, account: AccountSummary) -> None:
        def show(roles: list[RoleSummary]) -> None:
            dialog = RolesDialog(self._context, account, roles)

            def save(chosen: object, done: Done, failed: Failed) -> None:
                keys = list(chosen) if isinstance(chosen, tuple) else []
                self._view_model.write(
                    lambda session: access.set_roles(session, account.id, account.version, keys),
                    done,
                    failed,
                )

            dialog.start = save
            self._context.dialogs.exec(dialog)

        self._context.jobs.read(access.list_roles, done=show, failed=self._fail)

    def _accounts_rename(self, account: AccountSummary) -> None:
        self._ask(
            _("Rename"),
            _("Papers already written keep the old name."),
            (FormField("name", N_("Name"), required=True),),
            lambda session, given: access.rename_account(
                session, account.id, account.version, given["name"]
            ),
            {"name": account.name},
        )

    def _accounts_reset(self, account: AccountSummary) -> None:
        self._ask(
            _("New password"),
            _("{name} signs in with the new password from now on.").format(name=account.name),
            (PASSWORD,),
            lambda session, given: access.reset_password(session, account.id, given["password"]),
        )

    def _accounts_toggle(self, account: AccountSummary) -> None:
        close = _("{name} can no longer sign in; everything done stays.")
        reopen = _("{name} can sign in again.")
        sentence = (close if account.active else reopen).format(name=account.name)
        title = _("Close the account") if account.active else _("Reopen the account")
        if not self._context.dialogs.ask(title, sentence, title):
            return
        action = access.close_account if account.active else access.reopen_account
        self._write(lambda session: action(session, account.id, account.version), sentence)

    def _accounts_mine(self, _data: object) -> None:
        fields = (
            FormField("old", N_("Old password"), required=True),
            PASSWORD,
        )
        self._ask(
            _("Change my password"),
            "",
            fields,
            lambda session, given: access.change_password(session, given["old"], given["password"]),
        )

    def _roles_edit(self, role: RoleSummary) -> None:
        self._role(role)

    def _roles_new(self, _data: object) -> None:
        self._role(None)

    def _role(self, role: RoleSummary | None) -> None:
        dialog = RoleDialog(self._context, role)

        def save(given: object, done: Done, failed: Failed) -> None:
            assert isinstance(given, GivenRole)
            self._view_model.write(
                lambda session: access.save_role(
                    session,
                    given.key,
                    given.title,
                    given.permissions,
                    role_id=role.id if role else None,
                    version=role.version if role else 0,
                ),
                done,
                failed,
            )

        dialog.start = save
        self._context.dialogs.exec(dialog)

    # -- numbering

    def _numbering_ledger(self, series: SeriesState) -> None:
        title = _(series_titles().get(series.key, series.key))
        dialog = LedgerDialog(self._context, series, title, self._view_model.state.year)
        self._context.dialogs.exec(dialog)

    def _numbering_pattern(self, series: SeriesState) -> None:
        help_text = N_("{short} {code} {year} {seq:06}; numbers already taken keep their text.")
        field = FormField("pattern", N_("Pattern"), required=True, help=help_text)
        self._ask(
            _("Change the pattern"),
            _(series_titles().get(series.key, series.key)),
            (field,),
            lambda session, given: numbering.set_pattern(
                session, series.key, series.version, given["pattern"]
            ),
            {"pattern": series.pattern},
        )

    # -- calendar

    def _calendar_add(self, _data: object) -> None:
        fields = (
            FormField("day", N_("Day"), "date", required=True),
            FormField(
                "counts",
                N_("Counts as"),
                "choice",
                required=True,
                choices=(("off", N_("Day off")), ("work", N_("Working day"))),
            ),
            FormField("note", N_("Note")),
        )

        def write(session: Session, given: Mapping[str, Any]) -> None:
            settings.set_calendar_day(
                session,
                given["day"],
                is_workday=given["counts"] == "work",
                note=given["note"] or "",
            )

        sentence = _("Due dates reckoned from now on count this day so.")
        self._ask(_("Add a day"), sentence, fields, write)

    def _calendar_remove(self, entry: settings.CalendarEntry) -> None:
        day: date = entry.day
        told = _("The published holidays decide about {day} again.").format(day=day)
        self._write(lambda session: settings.remove_calendar_day(session, day), told)

    # -- parameter sets

    def _parameters_show(self, one: ParameterSetView) -> None:
        headers, rows = parameter_rows(one)
        self._context.dialogs.exec(TableDialog(self._context, one.name, headers, rows))

    def _parameters_confirm(self, one: ParameterSetView) -> None:
        sentence = _("Say against what source the numbers were checked; your name is printed.")
        note = ask_reason(self._context, _("Confirm"), sentence)
        if note:
            told = _("{name} is confirmed.").format(name=one.name)
            self._write(lambda s: carbon.confirm_set(s, one.id, one.version, note), told)

    def _parameters_retire(self, one: ParameterSetView) -> None:
        sentence = _("It cannot be chosen for new calculations; issued figures stay.")
        reason = ask_reason(self._context, _("Retire"), sentence)
        if reason:
            told = _("{name} is retired.").format(name=one.name)
            self._write(lambda s: carbon.retire_set(s, one.id, one.version, reason), told)

    # -- audit and backup

    def _audit_line(self, line: AuditLine) -> None:
        headers, rows = audit_rows(line)
        title = f"{record_name(line.table)} {line.row_id}"
        self._context.dialogs.exec(TableDialog(self._context, title, headers, rows))

    def _audit_check(self, _data: object) -> None:
        def done(found: tuple[AuditVerdict, Agreement]) -> None:
            self.told.emit(*_verdict(*found))

        self._context.jobs.read(_checked, done=done, failed=self._fail, key="audit-check")

    def _backup_backup(self, _data: object) -> None:
        name = f"lintan-{self._today()}.db"
        path = self._context.dialogs.save_file(_("Back up"), name, _("Backup (*.db)"))
        if path is None:
            return
        database = self._context.database()

        def work(_token: Token, _report: Report) -> Path:
            from core.maintenance import backup

            backup(database, path)
            return path

        def done(where: Path) -> None:
            size = where.stat().st_size / 1_000_000
            sentence = _("Written and checked: {file}, {size:.1f} MB.")
            self.told.emit("good", sentence.format(file=where.name, size=size))

        self._context.jobs.io(work, done=done, failed=self._fail, title=_("Backup"), key="backup")

    def _backup_check(self, _data: object) -> None:
        database = self._context.database()

        def work(_token: Token, _report: Report) -> bool:
            from core.maintenance import check

            return check(database).good

        def done(good: object) -> None:
            if good:
                told = _("Storage, guards, audit log, numbers and files are whole.")
                self.told.emit("good", told)
            else:
                told = _("Something is wrong; run “lintanctl db check” for the whole report.")
                self.told.emit("error", told)

        self._context.jobs.io(work, done=done, failed=self._fail, title=_("Check"), key="check-all")


def _checked(session: Session) -> tuple[AuditVerdict, Agreement]:
    return audit.verify_chain(session), audit.compare_rows(session)


def _verdict(log: AuditVerdict, rows: Agreement) -> tuple[str, str]:
    """Kind and sentence of the banner."""
    if not log.intact:
        sentence = _("The chain breaks at line {line}: the log was tampered with.")
        return "error", sentence.format(line=log.first_bad)
    if not rows.good:
        return "error", _disagreement(rows)
    sentence = _("{count} lines, none changed, none missing. Head {head}")
    return "good", sentence.format(count=log.lines, head=log.head[:16].upper())


def _disagreement(rows: Agreement) -> str:
    """How many rows were changed past the log, and where the first of them is."""
    first = rows.found[0]
    return _(
        "Rows changed past the log: {count}. The first: {table}, row {row} {columns}. "
        "All of them: lintanctl audit check"
    ).format(
        count=rows.count,
        table=record_name(first.table),
        row=first.row,
        columns=", ".join(record_name(one) for one in first.columns),
    )
