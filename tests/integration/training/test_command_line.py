"""lintanctl training: a course from its plan to its folder, with a scan read on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.documents import service
from core.training.scanning import find_codes
from core.training.sign_in import layout_of
from tests import databases, training
from tests.training import School

Answer = tuple[int, Any, Any]


@pytest.fixture
def ctl(
    local_school: School, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    password = tmp_path / "password"
    password.write_text(databases.PASSWORD, encoding="utf-8")
    url = databases.url_of(local_school.database)

    def call(login: str, *words: str) -> Answer:
        capsys.readouterr()
        status = main(
            ["--json", "--database", url, "--as", login, "--password-file", str(password), *words]
        )
        said = capsys.readouterr()
        document = json.loads(said.out) if said.out else None
        return status, document, json.loads(said.err) if said.err else None

    return call


def scan(school: School, paper: int, signed: set[int]) -> bytes:
    with school.as_("clerk").read() as session:
        pages = training.rasterised(service.preview(session, paper), 300)
        layout = layout_of(service.work(session, paper).template)
    for page in pages:
        for code in find_codes(page):
            if code.row in signed:
                training.sign(page, code, layout, code.row)
    return training.as_pdf([training.scanned(page) for page in pages])


def test_that_a_course_goes_from_its_plan_to_its_folder(
    ctl: Callable[..., Answer], local_school: School, tmp_path: Path
) -> None:
    status, made, _ = ctl(
        "clerk", "training", "plan", "全国林业碳汇培训班", "--organizer", "明光市林业局",
        "--from", "2026-11-20", "--to", "2026-11-20", "--requires", "percent=100",
        "--assessed", "--paper", "certificate", "--topic", "林业碳汇",
    )  # fmt: skip
    assert (status, made["words"]) == (0, ["全国"])
    number = made["number"]
    half = (number, "2026-11-20", "morning")
    assert (
        ctl("clerk", "training", "session", *half, "--topic", "政策", "--minutes", "180")[1][
            "hours"
        ]
        == "4"
    )
    for name in ("林昊", "周𬱖"):
        assert ctl("clerk", "training", "enrol", number, "--name", name, "--unit", "站")[0] == 0
    _, sheet, _ = ctl("clerk", "training", "sheet", *half)
    path = tmp_path / "签到.pdf"
    path.write_bytes(scan(local_school, sheet["paper"], {1}))
    _, rows, _ = ctl("clerk", "training", "read", str(path), "--dry-run")
    assert [one["verdict"] for one in rows] == ["signed", *["blank"] * 6]
    _, filed, _ = ctl("clerk", "training", "read", str(path))
    assert (filed[0]["present"], filed[0]["absent"], filed[0]["open"]) == (1, 1, [])
    ctl("clerk", "training", "mark", *half, "周𬱖", "made_up", "--reason", "带班人证明")
    assert ctl("checker", "training", "confirm", *half, "周𬱖")[0] == 0
    ctl("clerk", "training", "score", number, "林昊", "88.5", "--on", "2026-11-20")
    ctl("clerk", "training", "score", number, "周𬱖", "-", "--on", "2026-11-20")
    _, shown, _ = ctl("clerk", "training", "show", number)
    assert [(one["hours"], one["completes"]) for one in shown] == [("4", True), ("4", False)]
    assert shown[1]["missing"] == ["training.absent_from_test"]
    assert ctl("clerk", "training", "judge", number)[1]["complete"] == 1
    assert ctl("clerk", "training", "approve", number)[0] == 1
    assert ctl("checker", "training", "approve", number)[0] == 0
    _, certificates, _ = ctl("issuer", "training", "issue", number)
    assert [one["name"] for one in certificates] == ["林昊"]
    assert ctl("clerk", "training", "print", number, "completion")[1]["title"] == "结业名册"
    ctl("clerk", "training", "cost", number, "资料", "120", "--paid", "2026-11-20")
    ctl("clerk", "training", "evaluate", number, "林昊", "5", "5", "5", "4", "4")
    _, ledger, _ = ctl("auditor", "training", "ledger", "2026")
    assert [(one["name"], one["spent"]) for one in ledger if one["number"] == number] == [
        ("全国林业碳汇培训班", "120.00")
    ]
    _, exported, _ = ctl("clerk", "training", "export", number, str(tmp_path / "out"))
    assert Path(exported["folder"]).is_dir()
    assert ctl("clerk", "training", "close", number)[1]["state"] == "closed"
    found = certificates[0]["number"]
    assert ctl("approver", "training", "revoke", found, "--reason", "误发")[1]["state"] == "revoked"


def test_that_wrong_words_are_answered_in_words(ctl: Callable[..., Answer]) -> None:
    plan = ("training", "plan", "班", "--organizer", "局", "--from", "2026-01-01", "--to", "2026-01-01")  # fmt: skip
    status, _, error = ctl("clerk", *plan, "--requires", "half")
    assert (status, error["error"]) == (1, "input")
    assert error["fields"][0]["field"] == "requires"
    assert ctl("clerk", "training", "show", "没有")[0] == 1
    assert ctl("clerk", "training", "read", "/nowhere/scan.pdf")[0] == 1
    for what in ("list", "people", "attendance", "certificates", "completion", "scans", "trainers"):
        assert ctl("clerk", "training", what)[0] == 0
