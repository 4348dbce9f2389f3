"""The whole road of a case, on both databases, and what it leaves behind."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import Executable, delete, func, select, update

from core import numbering
from core.certificates.model import ClockStop, Delivery, StepTaken
from core.certificates.queries import application_detail, certificate_detail, entry_detail
from core.certificates.register import as_of, certify
from core.certificates.register_model import Certificate, RegisterEntry
from core.certificates.states import State, StopKind
from core.database import Database
from core.documents.model import Document
from core.documents.service import preview
from core.errors import InputError, NotFound, NotPermitted, RuleViolation
from core.parcels.model import ParcelClaim
from core.values.tonnes import Tonnes
from tests.cases import Desk

#: Every paper of the road, in the order it is made.
PAPERS = [
    "receipt_checklist",
    "acceptance",
    "registry_letter",
    "expert_opinion",
    "public_notice",
    "notice_proof",
    "approval_form",
    "filing_letter",
    "entry_check",
    "certificate",
    "collection_notice",
    "issue_ledger",
    "file_index",
]


def test_that_a_case_walks_from_receipt_to_the_shelf(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.ARCHIVED)
    summary = desk.summary(case)
    assert summary.state is State.ARCHIVED
    assert summary.certificate_number == "明林碳证〔2026〕第000001号"
    assert summary.tonnes is not None
    assert summary.tonnes.plain == "304.44"
    assert desk.documents() == PAPERS
    _steps_lead_to_the_state(desk, case)
    _numbers_are_all_there(desk.database)
    _the_register_holds_the_land(desk, case)
    _the_clock_stood_still(desk, case)
    _papers_say_what_the_register_says(desk)
    _the_index_counts_the_pages_there_are(desk)
    _the_register_answers_for_a_day(desk, case)
    _pages_show_case_certificate_and_entry(desk, case)
    _what_was_entered_stays(desk)


def _steps_lead_to_the_state(desk: Desk, case: int) -> None:
    with desk.as_("auditor").read() as session:
        steps = list(session.scalars(select(StepTaken).order_by(StepTaken.sequence)))
        assert [one.sequence for one in steps] == list(range(1, len(steps) + 1))
        for before, after in pairwise(steps):
            assert before.to_state is after.from_state
        assert steps[-1].to_state is desk.summary(case).state
        hands = {one.step: one.actor_name for one in steps}
        duties = ("pass_preliminary", "pass_second_review", "approve", "check_entry", "enter")
        assert len({hands[duty] for duty in duties}) == 5


def _numbers_are_all_there(database: Database) -> None:
    with database.read() as session:
        assert numbering.missing(session) == []
        for one in ("receipt", "acceptance", "approval", "certificate", "notice"):
            assert [line.sequence for line in numbering.ledger(session, one, 2026)] == [1]


def _the_register_holds_the_land(desk: Desk, case: int) -> None:
    with desk.as_("auditor").read() as session:
        certificate = session.scalars(select(Certificate)).one()
        claims = list(session.scalars(select(ParcelClaim).order_by(ParcelClaim.id)))
        assert [(one.owner_kind, one.live) for one in claims] == [
            ("application", False),
            ("certificate", True),
        ]
        assert claims[1].owner_id == certificate.id
        assert (certificate.range_start, certificate.range_end) == (1, 30444)
        entry = session.scalars(select(RegisterEntry)).one()
        assert entry.entered_by != entry.checked_by
        assert entry.facts["tonnes"] == 30444
        assert certificate.application_id == case
        delivered = session.scalars(select(Delivery)).one()
        assert delivered.document_id == certificate.document_id


def _the_clock_stood_still(desk: Desk, case: int) -> None:
    with desk.as_("auditor").read() as session:
        stops = list(session.scalars(select(ClockStop).where(ClockStop.application_id == case)))
        assert all(one.ended_on is not None for one in stops)
        kinds = [one.kind for one in stops]
        assert kinds == [
            StopKind.CONSULTATION,
            StopKind.EXPERT_REVIEW,
            StopKind.NOTICE,
            StopKind.CONSULTATION,
        ]
    assert desk.summary(case).due is None


def _papers_say_what_the_register_says(desk: Desk) -> None:
    with desk.as_("auditor").read() as session:
        certificate = session.scalars(select(Document).where(Document.kind == "certificate")).one()
        facts = json.loads(certificate.facts)
        assert facts["number"] == certificate.number == "明林碳证〔2026〕第000001号"
        assert facts["parameter_set"].startswith("AR-CM 常用值 第1版（未经确认，由审定员签认使用")
        assert facts["tonnes"] == 30444
        form = session.scalars(select(Document).where(Document.kind == "approval_form")).one()
        assert "初审员" in json.loads(form.facts)["preliminary"]
        # A sole owner's ownership is said once, not as a share as well.
        assert json.loads(form.facts)["applicant"].count("单独所有") == 1
        # Nobody's number, telephone or coordinate goes on the public notice.
        notice = session.scalars(select(Document).where(Document.kind == "public_notice")).one()
        assert set(json.loads(notice.facts)["items"][0]) == {
            "applicant", "project", "location", "area_mu", "species", "period", "tonnes",
            "measuring_body",
        }  # fmt: skip


def _the_index_counts_the_pages_there_are(desk: Desk) -> None:
    with desk.as_("auditor").read() as session:
        papers = list(session.scalars(select(Document).order_by(Document.id)))
        index = json.loads(papers[-1].facts)
        counted = {row["title"]: row["pages"] for row in index["items"]}
        for paper in papers[:-1]:
            look = preview(session, paper.id)
            told = subprocess.run(["pdfinfo", "-"], input=look, capture_output=True, check=True)
            pages = re.search(rb"Pages:\s+(\d+)", told.stdout)
            assert pages is not None
            assert counted[paper.title] == pages[1].decode()
        assert int(counted["林业碳汇权证"]) >= 2
        assert index["total_pages"] == sum(int(row["pages"]) for row in index["items"])


def _the_register_answers_for_a_day(desk: Desk, walked: int) -> None:
    certificate_id = desk.summary(walked).certificate_id
    assert certificate_id is not None
    with desk.as_("registrar").write() as session:
        entered = session.get_one(Certificate, certificate_id).entered_on
        assert as_of(session, certificate_id, entered).facts["tonnes"] == 30444
        with pytest.raises(NotFound):
            as_of(session, certificate_id, date(2026, 8, 1))
        with pytest.raises(InputError):
            as_of(session, certificate_id, date(2030, 1, 1))
        paper = certify(session, certificate_id, "明光市农商银行")
        assert paper.number == "明林碳查〔2026〕1号"
        assert paper.kind == "register_result"


def _pages_show_case_certificate_and_entry(desk: Desk, walked: int) -> None:
    with desk.as_("auditor").read() as session:
        detail = application_detail(session, walked)
        assert [one.step.key for one in detail.offers] == ["record_delivery"]
        assert not detail.offers[0].permitted  # an auditor only looks
        assert len(detail.papers) == len(PAPERS) + 1  # and the result of the query
        assert not detail.editable
        assert detail.findings == ()
        assert [event.event for event in detail.timeline][-1] == "archive"
        certificate_id = detail.summary.certificate_id
        assert certificate_id is not None
        page = certificate_detail(session, certificate_id)
        assert ("碳减排量", "304.44 吨（叁佰零肆点肆肆吨二氧化碳当量）") in page.sections[0].pairs
        entry = session.scalars(select(RegisterEntry.id)).one()
        assert entry_detail(session, entry).certificate_id == certificate_id


#: What a later hand may try: table, column, value.
FORGERIES = (
    (Certificate, "tonnes", Tonnes(999_999)),
    (Certificate, "number", "明林碳证〔2026〕第000009号"),
    (Certificate, "holders_text", "别人"),
    (RegisterEntry, "facts_sha256", "0" * 64),
    (RegisterEntry, "entered_by", "别人"),
    (StepTaken, "actor_name", "别人"),
    (Delivery, "receiver", "别人"),
)


def _refused(desk: Desk, statement: Executable) -> None:
    with (
        pytest.raises((RuleViolation, NotPermitted)),
        desk.database.write() as session,
    ):
        session.connection().execute(statement)


def _what_was_entered_stays(desk: Desk) -> None:
    for model, column, value in FORGERIES:
        table = model.__table__
        _refused(desk, update(table).values({column: value}))  # type: ignore[arg-type]  # a table
        _refused(desk, delete(table))  # type: ignore[arg-type]  # a table
        with desk.as_("auditor").read() as session:
            assert session.scalar(select(func.count()).select_from(table))
