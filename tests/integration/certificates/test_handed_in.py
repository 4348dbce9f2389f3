"""Papers handed in with the application itself: on the receipt checklist at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.certificates.commands import PaperInput, ReceiveApplication
from core.certificates.queries import APPLICATIONS, application_detail, checklist
from core.certificates.service import receive
from core.certificates.states import State
from core.documents.model import Document
from core.errors import InputError
from core.values.listing import ListQuery
from tests.cases import Desk


def test_that_papers_come_with_the_application_and_stand_on_its_checklist(desk: Desk) -> None:
    scan = desk.folder / "身份证明.pdf"
    scan.write_bytes(b"%PDF-1.7 scan")
    papers = (
        PaperInput(key="application", title="林业碳汇登记申请书", original=True, pages=3),
        PaperInput(key="identity", title="权利人身份证明", checked=True, file=scan),
        PaperInput(key="authority", title="授权委托书"),  # not needed: there is no agent
    )
    content = desk.content()
    with desk.as_("clerk").write() as session:
        made = receive(session, ReceiveApplication(content=content, papers=papers))
    assert made.state is State.RECEIVED
    with desk.as_("auditor").read() as session:
        lines = {line.title: line for line in checklist(session, made.id) if line.received_on}
        detail = application_detail(session, made.id)
        (paper,) = detail.papers
        facts = session.get_one(Document, paper.id).facts
    assert set(lines) == {paper.title for paper in papers}
    assert (lines["林业碳汇登记申请书"].original, lines["林业碳汇登记申请书"].pages) == (True, 3)
    assert lines["授权委托书"].needed is False
    assert [one.sha256 for one in detail.files] == [lines["权利人身份证明"].sha256]
    assert "授权委托书" in str(facts)


def test_that_a_wrong_paper_is_named_and_takes_no_number(desk: Desk) -> None:
    content = desk.content()
    gone = Path(desk.folder / "没有.pdf")
    papers: tuple[PaperInput, ...] = (
        PaperInput(key="application"),
        PaperInput(key="identity", pages=0),
    )
    with pytest.raises(InputError) as wrong, desk.as_("clerk").write() as session:
        receive(session, ReceiveApplication(content=content, papers=papers))
    assert [one.field for one in wrong.value.fields] == ["papers[2].pages"]
    papers = (PaperInput(key="application", file=gone),)
    with pytest.raises(InputError) as missing, desk.as_("clerk").write() as session:
        receive(session, ReceiveApplication(content=content, papers=papers))
    assert [(one.field, one.code) for one in missing.value.fields] == [
        ("papers[1].file", "form.file")
    ]
    with desk.as_("auditor").read() as session:
        assert APPLICATIONS.count(session, ListQuery()) == 0
