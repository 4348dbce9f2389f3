"""lintanctl donation, receipt, bank, fund: one gift from the counter to the ledger."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core import i18n
from core.cli import main
from core.fund.states import Way
from tests import databases
from tests import fund as funds
from tests.papers import authority

Answer = tuple[int, Any, Any]


@pytest.fixture
def ctl(
    local_fund: funds.Fund, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    password = tmp_path / "password"
    password.write_text(databases.PASSWORD, encoding="utf-8")
    url = databases.url_of(local_fund.database)

    def call(login: str, *words: str) -> Answer:
        capsys.readouterr()
        status = main(
            ["--json", "--database", url, "--as", login, "--password-file", str(password), *words]
        )
        said = capsys.readouterr()
        document = json.loads(said.out) if said.out else None
        return status, document, json.loads(said.err) if said.err else None

    return call


def given(ctl: Callable[..., Answer], party: int, amount: str = "1409.50") -> str:
    status, made, _ = ctl(
        "cashier", "donation", "record", "--party", str(party), "--amount", amount,
        "--on", "2026-11-10", "--purpose", "T01", "--consent", "full", "--reference", "R1",
    )  # fmt: skip
    assert status == 0
    return str(made["code"])


def test_that_a_gift_goes_from_the_counter_to_the_ledger(
    ctl: Callable[..., Answer], tmp_path: Path
) -> None:
    code = given(ctl, 1)
    status, found, _ = ctl("receipt_issuer", "receipt", "check", code, "--way", "own")
    assert (status, [one["code"] for one in found]) == (1, ["fund.money_missing"])
    assert ctl("cashier", "donation", "arrive", code)[1]["state"] == "arrived"
    assert ctl("receipt_reviewer", "donation", "review", code)[1]["state"] == "reviewed"
    status, made, _ = ctl("receipt_issuer", "receipt", "issue", code, "--way", "own")
    assert status == 0
    number = made[0]["number"]
    status, _, error = ctl("receipt_issuer", "receipt", "issue", code, "--way", "own")
    assert (status, error["error"]) == (1, "fund.already_receipted")
    keys = authority(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text(keys.passphrase, encoding="utf-8")
    key = ("--key", str(keys.pkcs12), "--key-password-file", str(secret))
    assert ctl("receipt_issuer", "papers", "resume", *key)[0] == 0
    out = tmp_path / "receipt.pdf"
    assert ctl("receipt_issuer", "receipt", "print", number, "--out", str(out))[0] == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert ctl("receipt_issuer", "receipt", "void", number, "--reason", "填写错误")[0] == 0
    status, _, error = ctl("receipt_issuer", "receipt", "decide", number)
    assert (status, error["error"]) == (1, "access.not_permitted")
    assert ctl("receipt_reviewer", "receipt", "decide", number)[1]["state"] == "void"
    _, ledger, _ = ctl("fund_manager", "receipt", "ledger", "--way", "own", "--year", "2026")
    assert [(one["number"], one["state"]) for one in ledger] == [(number, "已作废")]
    status, _none, error = ctl("auditor", "ledger", "nothing")
    assert (status, "confirmation" in error["message"]) == (1, True)
    _, series, _ = ctl("auditor", "ledger", "confirmation", "--year", "2026")
    assert [one["state"] for one in series] == ["void"]


def test_that_stock_is_printed_over_and_written_off(
    ctl: Callable[..., Answer], tmp_path: Path
) -> None:
    code = given(ctl, 1)
    ctl("cashier", "donation", "arrive", code)
    ctl("receipt_reviewer", "donation", "review", code)
    _, made, _ = ctl("receipt_issuer", "receipt", "issue", code, "--way", "stock")
    assert made[0]["number"] == "0000000001"
    out = tmp_path / "overlay.pdf"
    words = ("receipt", "print", "0000000001", "--out", str(out))
    assert ctl("receipt_issuer", *words)[0] == 0
    words = ("receipt", "void", "0000000001", "--reason", "打印污损", "--copies", "存根、收据")
    status, _, error = ctl("receipt_issuer", *words)
    assert (status, error["fields"][0]["field"]) == (1, "copies")
    words = ("receipt", "write-off", "0000000050", "--bill-code", "34050226", "--as", "lost")
    assert ctl("receipt_issuer", *words, "--reason", "遗失，已公告")[0] == 0
    status, _, error = ctl("receipt_issuer", "receipt", "settle", "1")
    assert (status, error["error"]) == (1, "fund.book_open")


def test_that_the_bank_is_matched_and_reconciled(
    ctl: Callable[..., Answer], tmp_path: Path
) -> None:
    code = given(ctl, 1, "100.00")
    path = tmp_path / "流水.csv"
    path.write_bytes(
        "记账日期,收入,对方户名,对方账号,摘要\n"
        "2026-11-10,100.00,滁州皖东栖岭热电有限公司,990000017,捐款\n"
        "2026-11-20,12.37,样例银行,,结息\n".encode("gbk")
    )
    _, made, _ = ctl("cashier", "bank", "import", str(path), "--bank", "样例银行")
    assert made["new"] == 2
    wrong = str(ctl("cashier", "bank", "statements")[1][0]["id"])
    _, gone, _ = ctl("cashier", "bank", "undo", wrong, "--reason", "重读")
    assert gone == {"statement": int(wrong), "removed": 2}
    ctl("cashier", "bank", "import", str(path), "--bank", "样例银行")
    _, lines, _ = ctl("cashier", "bank", "lines")
    assert [(one["donation"], one["sure"], one["codes"][0]) for one in lines] == [
        (code, True, "amount"),
        ("", False, "interest"),
    ]
    assert ctl("cashier", "bank", "match", "--sure")[1] == {"matched": 1}
    assert ctl("cashier", "donation", "show", code)[1]["state"] == "arrived"
    again = str(ctl("cashier", "bank", "statements")[1][0]["id"])
    status, _none, error = ctl("cashier", "bank", "undo", again, "--reason", "重读")
    assert (status, error["error"]) == (1, "fund.statement_used")
    matched = str(lines[0]["id"])
    undone = ctl("cashier", "bank", "reopen", matched, "--reason", "看错行")
    assert undone[1] == {"line": int(matched), "verdict": "open"}
    assert ctl("cashier", "bank", "match", "--sure")[1] == {"matched": 1}
    words = ("bank", "dismiss", str(lines[1]["id"]), "--reason", "利息，不开票")
    assert ctl("cashier", *words)[0] == 0
    words = ("bank", "reconcile", "--from", "2026-11-01", "--to", "2026-11-30")
    _, both, _ = ctl("fund_manager", *words)
    assert both["agrees"] is True
    assert both["credits"] == "112.37"


def test_that_use_of_funds_needs_two_people_and_never_overdraws(
    ctl: Callable[..., Answer],
) -> None:
    ctl("cashier", "donation", "arrive", given(ctl, 1, "100.00"))

    def ask(amount: str) -> str:
        words = ("--payee", "监测院", "--subject", "计量监测", "--amount", amount)
        _, made, _ = ctl("fund_manager", "fund", "grant", "--purpose", "T01", *words)
        return str(made["grant"])

    first, second = ask("60.00"), ask("60.00")
    assert ctl("approver", "fund", "decide", first)[1]["state"] == "paid"
    status, _, error = ctl("approver", "fund", "decide", second)
    assert (status, error["error"]) == (1, "fund.balance_short")
    _, held, _ = ctl("fund_manager", "fund", "balances")
    held = {one["code"]: (one["received"], one["used"], one["balance"]) for one in held}
    assert held["T01"] == ("100.00", "60.00", "40.00")


def test_that_reports_and_tax_help_answer(ctl: Callable[..., Answer]) -> None:
    ctl("cashier", "donation", "arrive", given(ctl, 1, "100.00"))
    words = ("--from", "2026-01-01", "--to", "2026-12-31")
    _, found, _ = ctl("fund_manager", "fund", "report", "--by", "month", *words)
    assert (found[0]["key"], found[0]["unreceipted"]) == ("2026-11", "100.00")
    words = ("--year", "2026", "--base", "1000.00", "--gifts", "100.00", "--carried", "2024=50.00")
    _, tax, _ = ctl("fund_manager", "fund", "tax", "enterprise", *words, "--party", "1")
    assert (tax["limit"], tax["deducted"], tax["carried"]) == ("120.00", "120.00", "30.00")
    assert tax["paper"] is not None
    for words in (
        ("close-day", "2026-11-10"),
        ("statement", "1", "2026"),
        ("stock-month", "2026", "11"),
    ):
        status, made, _ = ctl("fund_manager", "fund", *words)
        assert (status, made["state"]) == (0, "to_sign")


def test_that_goods_commitments_and_years_are_entered(ctl: Callable[..., Answer]) -> None:
    words = ("--purpose", "国储林造林", "--on", "2026-11-10", "--form", "in_kind", "--party", "2")
    plain = ("--item", "麻栎容器苗;20000;株")
    status, made, _ = ctl("cashier", "donation", "record", *words, *plain)
    assert (status, made["amount"]) == (0, None)
    proven = ("--item", "麻栎容器苗;20000;株;1.25;评估报告", "--amount", "25000.00")
    status, made, _ = ctl("cashier", "donation", "record", *words, *proven)
    assert (status, made["amount"]) == (0, "25000.00")
    words = ("--party", "1", "--purpose", "T01", "--amount", "100.00")
    _, pledge, _ = ctl("cashier", "donation", "pledge", *words)
    words = (*words[:-1], "40.00", "--on", "2026-11-10", "--pledge", str(pledge["pledge"]))
    status, _, _ = ctl("cashier", "donation", "record", *words)
    assert status == 0
    unit = funds.table("issuing_units")[0]["name"]
    status, _, _ = ctl("fund_manager", "fund", "qualify", unit, "2028-2030=公告2027年第1号")
    assert status == 0
    status, _, error = ctl("fund_manager", "fund", "qualify", unit, "2028")
    assert (status, error["fields"][0]["field"]) == (1, "qualified")
    _, books, _ = ctl("receipt_issuer", "receipt", "books")
    assert [(one["unused"], one["use_until"], one["due"]) for one in books] == [
        (50, "2027-04-07", False)
    ]


def test_that_lists_and_exports_mask_numbers(ctl: Callable[..., Answer], tmp_path: Path) -> None:
    from openpyxl import load_workbook

    code = given(ctl, 3)
    assert ctl("cashier", "donation", "show", code)[1]["number"].endswith("341199********0119")
    out = tmp_path / "donations.xlsx"
    assert ctl("cashier", "export", "donations", str(out))[0] == 0
    cells = [str(cell.value) for row in load_workbook(out).active for cell in row]  # type: ignore[union-attr]
    assert code in cells
    assert not any(re.search(r"\d{17}", cell) for cell in cells)


def test_that_a_file_is_read_and_compared_with_what_was_typed(
    ctl: Callable[..., Answer], tmp_path: Path
) -> None:
    from core.cli.sample_office import scans

    lines = (
        ("票据代码", "34050126"), ("票据号码", "0000817610"), ("校验码", "bngFFX"),
        ("开票日期", "2026年11月12日"), ("金额合计（小写）", "1,409.50"),
    )  # fmt: skip
    path = tmp_path / "票据.pdf"
    path.write_bytes(scans.form("票据", lines))
    _, fields, _ = ctl("receipt_issuer", "receipt", "read", str(path))
    assert fields == {
        "bill_code": "34050126",
        "number": "0000817610",
        "check_code": "bngFFX",
        "issued_on": "2026-11-12",
        "amount": "1409.50",
        "payer": "",
    }
    code = given(ctl, 1)
    ctl("cashier", "donation", "arrive", code)
    ctl("receipt_reviewer", "donation", "review", code)
    words = ("receipt", "issue", code, "--way", "official", "--bill-code", "34050126")
    words += ("--check-code", "bngFFX", "--on", "2026-11-12", "--file", str(path))
    status, _, error = ctl("receipt_issuer", *words, "--bill-number", "0000817601")
    assert (status, error["fields"][0]["field"]) == (1, "number")
    assert "0000817610" in error["fields"][0]["message"]
    assert ctl("receipt_issuer", *words, "--bill-number", "0000817610")[0] == 0


def test_that_a_years_gifts_make_one_annual_receipt(ctl: Callable[..., Answer]) -> None:
    for amount in ("100.00", "9.50"):
        code = given(ctl, 1, amount)
        ctl("cashier", "donation", "arrive", code)
        ctl("receipt_reviewer", "donation", "review", code)
    words = ("receipt", "issue", "--party", "1", "--way", "stock")
    status, _, error = ctl("receipt_issuer", *words, "--year", "2025")
    assert (status, error["fields"][0]["field"]) == (1, "donations")
    status, made, _ = ctl("receipt_issuer", *words, "--year", "2026")
    assert (status, made[0]["amount"]) == (0, "109.50")


def test_that_campaigns_units_and_uses_are_named(ctl: Callable[..., Answer]) -> None:
    words = ("fund", "campaign", "植树节募捐", "--from", "2026-03-01", "--filed", "备〔2026〕1号")
    assert ctl("fund_manager", *words)[0] == 0
    unit = funds.table("issuing_units")[0]["name"]
    assert ctl("fund_manager", "fund", "unit", "另一基金会")[0] == 0
    words = ("donation", "record", "--party", "1", "--amount", "5.00", "--on", "2026-11-10")
    words += ("--purpose", "T00")
    status, _, error = ctl("cashier", *words)
    assert (status, error["fields"][0]["field"]) == (1, "unit")
    status, _, error = ctl("cashier", *words, "--unit", unit, "--campaign", "没有的")
    assert (status, error["fields"][0]["field"]) == (1, "campaign")
    status, made, _ = ctl("cashier", *words, "--unit", unit, "--campaign", "植树节募捐")
    assert status == 0
    ctl("cashier", "donation", "arrive", made["code"])
    words = ("fund", "grant", "--purpose", "T00", "--payee", "监测院", "--subject", "样地复测")
    _, grant, _ = ctl("fund_manager", *words, "--amount", "3.00", "--use", "measuring")
    assert ctl("approver", "fund", "decide", str(grant["grant"]))[1]["state"] == "paid"
    _, uses, _ = ctl("fund_manager", "fund", "uses", "--from", "2026-01-01", "--to", "2026-12-31")
    assert uses == [{"use": "measuring", "count": 1, "amount": "3.00", "percent": "100.00"}]


def test_that_the_stock_is_handed_out_returned_and_reported(ctl: Callable[..., Answer]) -> None:
    assert ctl("fund_manager", "receipt", "hand-out", "1", "陆遥")[0] == 0
    words = ("receipt", "write-off", "0000000050", "--bill-code", "34050226", "--as", "lost")
    assert ctl("receipt_issuer", *words, "--reason", "遗失，已公告")[0] == 0
    status, lost, _ = ctl("fund_manager", "fund", "lost", "1")
    assert (status, lost[0]["state"]) == (0, "to_sign")
    assert ctl("fund_manager", "fund", "stock-register")[0] == 0
    words = ("receipt", "return", "1", "--reason", "使用期满")
    assert ctl("receipt_issuer", *words)[1]["returned"] == 49
    assert ctl("receipt_issuer", "receipt", "settle", "1")[0] == 0
    assert ctl("fund_manager", "fund", "check") == (0, [], None)


def test_that_a_part_is_reversed_from_the_command_line(ctl: Callable[..., Answer]) -> None:
    code = given(ctl, 1, "100.00")
    ctl("cashier", "donation", "arrive", code)
    ctl("receipt_reviewer", "donation", "review", code)
    official = ("--bill-code", "34050126", "--check-code", "bngFFX", "--bill-number")
    words = ("receipt", "issue", code, "--way", "official", *official, "0000000001")
    assert ctl("receipt_issuer", *words)[0] == 0
    words = ("receipt", "reverse", "34050126-0000000001", "--reason", "退一部分", "--part", "40.00")
    status, _, error = ctl("receipt_issuer", *words, *official, "0000000002")
    assert (status, error["error"]) == (1, "fund.partial_off")


def test_that_donors_files_and_accounts_are_kept_and_looks_logged(
    ctl: Callable[..., Answer], tmp_path: Path
) -> None:
    words = ("donation", "donor", "1", "--consent", "name_only", "--title", "皖东栖岭热电")
    assert ctl("cashier", *words)[1]["title"] == "皖东栖岭热电"
    code = given(ctl, 1)
    path = tmp_path / "协议.pdf"
    path.write_bytes(b"%PDF-1.7 sample")
    status, kept, _ = ctl("cashier", "donation", "attach", code, str(path), "--role", "agreement")
    assert (status, kept["file"]) == (0, "协议.pdf")
    assert ctl("receipt_issuer", "donation", "attach", code, str(path))[0] == 1
    unit = funds.table("issuing_units")[0]
    words = ("fund", "reveal", unit["name"], "--reason", "核对账号")
    assert ctl("receipt_issuer", *words)[2]["error"] == "access.not_permitted"
    assert ctl("cashier", *words)[1]["account_number"] == unit["account_no"]


def test_that_the_list_of_a_group_receipt_is_written(
    ctl: Callable[..., Answer], tmp_path: Path
) -> None:
    words = ("donation", "record", "--party", "5", "--amount", "100.00", "--on", "2026-11-10")
    words += ("--purpose", "T00", "--member", "甲=60.00", "--member", "乙=40.00")
    code = str(ctl("cashier", *words)[1]["code"])
    ctl("cashier", "donation", "arrive", code)
    ctl("receipt_reviewer", "donation", "review", code)
    _, made, _ = ctl("receipt_issuer", "receipt", "issue", code, "--way", "stock")
    keys = authority(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text(keys.passphrase, encoding="utf-8")
    key = ("--key", str(keys.pkcs12), "--key-password-file", str(secret))
    assert ctl("receipt_issuer", "papers", "resume", *key)[0] == 0
    out = tmp_path / "list.pdf"
    words = ("receipt", "print", made[0]["number"], "--out", str(out))
    assert ctl("receipt_issuer", *words, "--list")[0] == 0
    assert out.read_bytes().startswith(b"%PDF")


def test_that_a_void_sheet_is_refused_to_the_printer_in_words(
    ctl: Callable[..., Answer], local_fund: funds.Fund, tmp_path: Path
) -> None:
    number = local_fund.issue(local_fund.ready(), Way.STOCK)
    local_fund.undo(number)
    out = tmp_path / "x.pdf"
    status, _, error = ctl("receipt_issuer", "receipt", "print", number, "--out", str(out))
    assert (status, error["error"], out.exists()) == (1, "fund.receipt_gone", False)
    assert number in error["message"]


def test_that_a_statement_is_mapped_in_the_words_of_its_message(
    ctl: Callable[..., Answer], tmp_path: Path
) -> None:
    path = tmp_path / "流水.csv"
    path.write_text("哪天,多少,谁\n2026-04-01,5.00,王喆\n2026-04-02,-5.00,王喆\n", encoding="utf-8")
    bank = ("bank", "import", str(path), "--bank", "甲银行")
    status, _, error = ctl("cashier", *bank)
    assert status == 1
    assert "credit" not in error["message"]
    assert i18n._("Credit (money in)") in error["message"]
    columns = {"Date": "哪天", "Credit (money in)": "多少", "Payer": "谁"}
    words = [f"--column={i18n._(title)}={header}" for title, header in columns.items()]
    status, read, _error = ctl("cashier", *bank, *words)
    assert (status, read["new"], read["credits"], read["left_out"]) == (0, 1, 1, 1)


def test_that_tables_are_headed_in_the_words_of_the_fund(
    local_fund: funds.Fund, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = local_fund.give()
    file = tmp_path / "password"
    file.write_text(databases.PASSWORD, encoding="utf-8")
    url, password = databases.url_of(local_fund.database), str(file)
    for login, words, head in (
        ("auditor", ("fund", "balances"), "Income"),
        ("auditor", ("receipt", "ledger", "--way", "stock", "--year", "2026"), "Receipt No."),
        ("receipt_issuer", ("receipt", "check", code, "--way", "own"), "Bars the receipt"),
    ):
        capsys.readouterr()
        main(
            ["--lang", "en", "--database", url, "--as", login, "--password-file", password, *words]
        )
        assert head in capsys.readouterr().out
