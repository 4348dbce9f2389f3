"""The demo: what it makes is what the sample data demand, and refuses to be falsified."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.audit import verify_chain
from core.certificates.model import StepTaken
from core.cli import main
from core.cli.sample_office import people, tables
from core.cli.sample_office.demo import build_demo
from core.cli.sample_office.forms import PERIOD
from core.cli.sample_office.founding import opener
from core.clock import SystemClock
from core.database import Database
from core.errors import EnvironmentFault, RuleViolation
from core.numbering.service import ledger
from tests.sample import Built, build


@pytest.fixture
def opened(built: Built) -> Database:  # type: ignore[misc]
    secrets = people.passwords(1)
    database = opener(f"sqlite:///{built.database}", secrets, SystemClock())(people.AUDITOR)  # type: ignore[arg-type]
    yield database
    database.close()


def test_that_every_case_arrives_where_the_tables_say(built: Built) -> None:
    cases = {case["case"]: case for case in built.report["cases"]}
    assert list(cases) == list(tables.applications())
    for key, wanted in tables.applications().items():
        tonnes = wanted.tonnes.plain if wanted.tonnes else None
        assert cases[key]["tonnes"] == tonnes, key
        assert cases[key]["good"], key
    assert cases["A01"]["certificate"] == "明林碳证〔2026〕第000001号"


def test_that_every_paper_is_good_and_the_command_says_so(built: Built) -> None:
    assert built.status == 0
    assert len(built.papers) == len(list((built.folder / "papers").glob("*.pdf"))) > 60
    assert [paper["file"] for paper in built.papers if not paper["good"]] == []
    assert {paper["register"] for paper in built.papers} == {"matches"}


def test_that_each_counter_example_is_answered_as_demanded(built: Built) -> None:
    rules = {rule["case"]: rule for rule in built.report["rules"]}
    assert list(rules) == [f"R{number:02}" for number in range(1, 11)]
    assert [key for key, rule in rules.items() if not rule["good"]] == []
    assert {key for key, rule in rules.items() if rule["blocks"]} == {
        "R02", "R03", "R04", "R07", "R08", "R09", "R10",
    }  # fmt: skip
    assert "31/30" in rules["R08"]["answer"]
    assert "17" in rules["R09"]["answer"]


def test_that_the_overlapping_case_is_refused_with_the_overlap(built: Built) -> None:
    refusal = next(
        Path(p["file"]) for p in built.papers if "A11" in p["file"] and "refusal" in p["file"]
    )
    text = pdf_text(refusal)
    assert "177.61亩" in text.replace(" ", "").replace("\n", "")


def pdf_text(path: Path) -> str:
    """The text of a PDF as poppler reads it, in the order it was drawn (marks run aslant)."""
    found = subprocess.run(
        ["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, text=True
    )
    return found.stdout


def test_that_every_paper_says_it_is_a_sample(built: Built) -> None:
    for paper in built.papers:
        assert "培训样张" in pdf_text(Path(paper["file"])).replace(" ", "").replace("\n", ""), paper


def test_that_rare_names_are_on_their_papers(built: Built) -> None:
    texts = {
        key: "".join(pdf_text(Path(p["file"])) for p in built.papers if p["case"] == key)
        for key in ("A07", "A08")
    }
    for name in ("周𬱖", "赵𫖯", "钱䶮"):
        assert name in texts["A07"]
    assert "陈㛃" in texts["A08"]


def test_that_no_personal_number_is_on_any_paper_or_in_the_list(built: Built) -> None:
    numbers = [holder.number for holder in tables.holders().values() if holder.is_person]
    for paper in built.papers:
        text = pdf_text(Path(paper["file"]))
        assert not [number for number in numbers if number in text], paper["file"]


def test_that_a_changed_paper_is_refused(built: Built, tmp_path: Path) -> None:
    certificate = next(
        Path(p["file"]) for p in built.papers if "A01" in p["file"] and "-certificate" in p["file"]
    )
    root = built.folder / "trust" / "root.pem"
    whole = tmp_path / "whole.pdf"
    shutil.copy(certificate, whole)
    assert main(["verify", str(whole), "--trust", str(root)]) == 0
    data = bytearray(certificate.read_bytes())
    data[len(data) // 2] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(data)
    assert main(["verify", str(changed), "--trust", str(root)]) == 1


def test_that_a_verdict_is_told_in_words_and_only_programs_get_codes(
    built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = next(Path(p["file"]) for p in built.papers if "-16-certificate" in p["file"])
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(paper.read_bytes() + b"x")
    words = ["verify", str(changed), "--trust", str(built.folder / "trust" / "root.pem")]
    capsys.readouterr()
    assert main(["--lang", "en", *words]) == 1
    said = capsys.readouterr().out
    assert "The file was changed after it was signed." in said
    assert "not asked; name the database" in said
    assert not {"unknown", "verify.changed_after", "code:"} & set(said.split())
    assert main(["--json", *words]) == 1
    record = json.loads(capsys.readouterr().out)
    assert (record["status"], record["register"]) == ("unknown", None)
    assert [reason["code"] for reason in record["reasons"]] == ["verify.changed_after"]


def test_that_nobody_else_may_read_the_passwords(built: Built) -> None:
    assert (built.folder / "accounts.txt").stat().st_mode & 0o077 == 0
    assert (built.folder / "passwords").stat().st_mode & 0o077 == 0


def test_that_the_three_reviews_are_by_three_people(opened: Database) -> None:
    duties = ("pass_preliminary", "pass_second_review", "approve")
    with opened.read() as session:
        for key in ("A01", "A05", "A07", "A08"):
            project = tables.applications()[key].project
            names = session.scalars(
                select(StepTaken.actor_name)
                .where(StepTaken.step.in_(duties))
                .where(StepTaken.application_id.in_(_ids(session, project)))
            ).all()
            assert len(names) == len(set(names)) == 3, key


def _ids(session: object, project: str) -> list[int]:
    from core.certificates.model import Application

    query = select(Application.id).where(Application.project_name == project)
    return list(session.scalars(query))  # type: ignore[attr-defined]


def test_that_the_audit_chain_holds_and_no_number_is_missing(opened: Database) -> None:
    with opened.read() as session:
        assert verify_chain(session).intact
        for series in ("receipt", "acceptance", "letter", "certificate"):
            numbers = [line.sequence for line in ledger(session, series, 2026)]
            assert numbers == list(range(1, len(numbers) + 1)), series
        assert len(ledger(session, "certificate", 2026)) == 3


def test_that_cases_can_be_listed_and_advanced_from_a_script(
    built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "demo.db"
    shutil.copy(built.database, copy)

    def call(login: str, *words: str) -> tuple[int, object]:
        capsys.readouterr()
        status = main(
            ["--json", "--database", str(copy), "--as", login,
             "--password-file", built.password_file(login), *words]
        )  # fmt: skip
        said = capsys.readouterr()
        return status, json.loads(said.out or said.err)

    status, rows = call("wangfang", "application", "list", "--filter", "state=accepted")
    assert status == 0
    assert [row["township"] for row in rows] == ["张八岭镇"]  # type: ignore[index,union-attr]
    number = rows[0]["number"]  # type: ignore[index]
    status, refusal = call("wangfang", "application", "advance", number, "--to", "begin_review")
    assert (status, refusal["error"]) == (1, "access.not_permitted")  # type: ignore[index]
    status, summary = call("liqing", "application", "advance", number, "--to", "begin_review")
    assert (status, summary["state"]) == (0, "preliminary")  # type: ignore[index]
    status, shown = call("liqing", "application", "show", number)
    assert status == 0
    assert [step["key"] for step in shown["steps"] if step["main"]] == ["registry_letter"]  # type: ignore[index]
    status, refusal = call("liqing", "application", "advance", number, "--to", "fly")
    assert (status, refusal["fields"][0]["field"]) == (1, "step")  # type: ignore[index]


def test_that_a_certificate_is_printed_byte_for_byte_and_copied(
    built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "demo.db"
    shutil.copy(built.database, copy)
    number = "明林碳证〔2026〕第000001号"
    login = people.ISSUER.login

    def call(*words: str) -> int:
        return main(
            ["--json", "--database", str(copy), "--as", login,
             "--password-file", built.password_file(login), *words]
        )  # fmt: skip

    out = tmp_path / "c.pdf"
    assert call("certificate", "print", number, "--out", str(out)) == 0
    original = next(
        Path(p["file"])
        for p in built.papers
        if p["number"] == number and "-certificate" in p["file"]
    )
    assert out.read_bytes() == original.read_bytes()
    key = ["--key", str(built.folder / "trust" / "office.p12")]
    key += ["--key-password-file", built.password_file("office.p12")]
    twin = tmp_path / "copy.pdf"
    words = ["certificate", "print", number, "--out", str(twin), "--copy", "--purpose", "贷款"]
    assert call(*words, *key) == 0
    assert "复制件" in pdf_text(twin).replace(" ", "").replace("\n", "")
    capsys.readouterr()
    assert call("verify", str(twin)) == 0
    assert json.loads(capsys.readouterr().out)["original_or_copy"] == "copy"
    assert call("certificate", "print", "明林碳证〔2026〕第000003号", "--out", str(out)) == 1


def test_that_a_script_takes_an_approved_case_to_the_shelf(
    built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From A05, approved, to a signed certificate and the file index; each step by its person."""
    copy = tmp_path / "demo.db"
    shutil.copy(built.database, copy)
    case = "明林碳受〔2026〕4号"

    def call(official: people.Official, *words: str) -> Any:
        capsys.readouterr()
        status = main(
            ["--json", "--database", str(copy), "--as", official.login,
             "--password-file", built.password_file(official.login), *words]
        )  # fmt: skip
        said = capsys.readouterr()
        assert status == 0, said.err
        return json.loads(said.out)

    def step(official: people.Official, key: str, *values: str) -> Any:
        sets = [part for value in values for part in ("--set", value)]
        return call(official, "application", "advance", case, "--to", key, *sets)

    key = ["--key", str(built.folder / "trust" / "office.p12")]
    key += ["--key-password-file", built.password_file("office.p12")]
    step(people.CLERK, "send_filing")
    call(people.ISSUER, "papers", "resume", *key)
    step(people.CLERK, "record_filing", "filed=yes", "filing_number=样例环备〔2026〕5号")
    agreed = ("holders_agree=yes", "period_agrees=yes", "area_agrees=yes")
    step(people.CHECKER, "check_entry", "tonnes=2340.91", "parcels=2", *agreed)
    entered = call(people.REGISTRAR, "certificate", "register", case)
    assert entered["certificate_number"] == "明林碳证〔2026〕第000004号"
    step(people.ISSUER, "make_certificate", "sheet_serial=YZ2026000005")
    signed = call(people.ISSUER, "papers", "resume", *key)
    assert [row["fault"] for row in signed] == [None] * len(signed)
    step(people.ISSUER, "issue", "collector=朱翀", "relation=理事长")
    shelved = step(people.ISSUER, "archive", "place=3-2", "checker=宋宇")
    assert shelved["state"] == "archived"
    out = tmp_path / "c.pdf"
    call(people.ISSUER, "certificate", "print", entered["certificate_number"], "--out", str(out))
    assert call(people.ISSUER, "verify", str(out))["register"]["record"] == "matches"
    assert call(people.AUDITOR, "audit", "check")


def test_that_land_with_a_common_edge_is_not_the_same_land(opened: Database) -> None:
    from core.parcels.conflicts import conflicts
    from core.parcels.reading import read_geometry
    from core.parcels.rules import Keys

    wkt, srid = tables.polygon("X02")
    shape = read_geometry(wkt, "wkt", srid)
    keys = Keys(geometry=shape.wkb, bounds=shape.bounds)
    wkt, srid = tables.polygon("P14")
    same = read_geometry(wkt, "wkt", srid)
    with opened.read() as session:
        assert conflicts(session, keys, PERIOD) == []
        assert conflicts(session, Keys(geometry=same.wkb, bounds=same.bounds), PERIOD)


# --- the folder ------------------------------------------------------------------------------


def test_that_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "论文.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(RuleViolation) as caught:
        build_demo(tmp_path, 1, _no_progress)
    assert caught.value.code == "demo.foreign"
    assert [path.name for path in tmp_path.iterdir()] == ["论文.docx"]


def test_that_a_file_in_the_way_is_a_sentence_and_not_a_bug(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        assert main(["demo", "--out", str(place)]) == 3
        assert str(place) in capsys.readouterr().err


def test_that_a_sample_office_open_in_a_window_is_not_replaced(
    built: Built, tmp_path: Path
) -> None:
    from core.database.files import window_lock

    shutil.copytree(built.folder, tmp_path / "demo")
    lock = window_lock(tmp_path / "demo" / "demo.db")
    try:
        with pytest.raises(EnvironmentFault):
            build_demo(tmp_path / "demo", 1, _no_progress)
    finally:
        lock.release()
    assert (tmp_path / "demo" / "report.json").exists()


def _no_progress(done: int, total: int, text: str) -> None:
    """Nobody watches."""


@pytest.mark.long
def test_that_building_again_replaces_the_office_with_the_same_figures(
    built: Built, tmp_path: Path
) -> None:
    shutil.copytree(built.folder, tmp_path / "demo")
    again = build(tmp_path / "demo")
    assert again.status == 0
    assert again.report["cases"] == built.report["cases"]
    assert again.report["rules"] == built.report["rules"]
    assert [paper["number"] for paper in again.papers] == [p["number"] for p in built.papers]
