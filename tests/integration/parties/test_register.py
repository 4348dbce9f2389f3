"""Entering, editing, merging and reading parties, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history, search
from core.audit.model import AuditRow
from core.database import Database
from core.errors import InputError, NotFound, NotPermitted, RuleViolation, StaleRecord
from core.parties.duplicates import duplicate_pairs, suggest_duplicates
from core.parties.model import OrganisationKind, Party
from core.parties.queries import PARTIES, party_detail, resolve, summary
from core.parties.rules import Likeness
from core.parties.service import (
    AddQualification,
    EditParty,
    RegisterOrganisation,
    RegisterPerson,
    add_qualification,
    edit_party,
    merge,
    not_a_duplicate,
    note_quality,
    register_organisation,
    register_person,
    reveal_number,
    set_active,
)
from core.values.identity import IdKind
from core.values.listing import ListQuery, cells
from db.base import Base
from tests.databases import open_as

NUMBER = "341199196803120422"
CODE = "91341199MA9900060F"


def _person(session: Session, name: str = "陈㛃", number: str = NUMBER, phone: str = "") -> int:
    kind = IdKind.RESIDENT if number else IdKind.NONE
    command = RegisterPerson(
        name=name,
        id_kind=kind,
        number=number,
        no_number_reason="" if number else "未提供",
        phone=phone,
    )
    return register_person(session, command).id


def _company(session: Session, name: str = "明光市栎源岭生态林业有限公司", code: str = CODE) -> int:
    command = RegisterOrganisation(
        name=name,
        organisation_kind=OrganisationKind.COMPANY,
        credit_code=code,
        no_number_reason="" if code else "未办理登记",
        representative_post="法定代表人",
        representative_name="沈昉",
    )
    return register_organisation(session, command).id


def test_that_a_person_is_shown_with_a_masked_number(database: Database) -> None:
    with database.write() as session:
        person = _person(session)
    with database.read() as session:
        found = summary(session, person)
        row = cells(PARTIES, session, [person])[person]
    assert found.number == "341199********0422"
    assert NUMBER not in "".join(row)


def test_that_a_number_is_in_one_table_only(database: Database) -> None:
    """Not in the audit log, the histories or the search index: not even after an edit."""
    with database.write() as session:
        person = _person(session)
    with database.write() as session:
        edit_party(
            session,
            EditParty(party_id=person, version=1, name="陈㛃", number="341199197511200134"),
        )
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in {"personal_number", "account"}:  # nobody reads the second on a server
                continue
            for row in session.execute(select(table)):
                shown = "|".join(str(value) for value in row)
                assert NUMBER not in shown, table.name
                assert "341199197511200134" not in shown, table.name


def test_that_showing_a_number_needs_a_reason_and_leaves_a_line(database: Database) -> None:
    with database.write() as session:
        person = _person(session)
    with database.write() as session, pytest.raises(InputError):
        reveal_number(session, person, "  ")
    with database.write() as session:
        assert reveal_number(session, person, "核对领证人") == NUMBER
    with database.read() as session:
        last = history.timeline(session, "party", person)
    assert ("number_revealed", "核对领证人") in [(line.event, line.reason) for line in last]


def test_that_who_may_not_see_numbers_is_refused(database: Database) -> None:
    with database.write() as session:
        person = _person(session)
    with open_as(database, "auditor") as auditor:
        with auditor.write() as session, pytest.raises(NotPermitted):
            reveal_number(session, person, "好奇")
        with auditor.write() as session, pytest.raises(NotPermitted):
            _person(session, "李四", "")


def test_that_an_edit_that_keeps_the_number_never_needs_it(database: Database) -> None:
    with database.write() as session:
        person = _person(session)
    with database.write() as session:
        edited = edit_party(
            session, EditParty(party_id=person, version=1, name="陈㛃㛃", phone="12000000007")
        )
    assert (edited.name, edited.number, edited.version) == ("陈㛃㛃", "341199********0422", 2)


def test_that_a_stale_form_is_refused(database: Database) -> None:
    with database.write() as session:
        person = _person(session)
    with database.write() as session:
        edit_party(session, EditParty(party_id=person, version=1, name="陈一"))
    with pytest.raises(StaleRecord), database.write() as session:
        edit_party(session, EditParty(party_id=person, version=1, name="陈二"))
    with database.read() as session:
        assert summary(session, person).name == "陈一"


def test_that_a_wrong_party_leaves_nothing(database: Database) -> None:
    with database.read() as session:
        before = PARTIES.count(session, ListQuery(filters={"state": "all"}))
    wrong = RegisterPerson(name=" ", id_kind=IdKind.RESIDENT, number="34119919680312004")
    with pytest.raises(InputError) as caught, database.write() as session:
        register_person(session, wrong)
    assert {field.code for field in caught.value.fields} == {
        "parties.name_missing",
        "identity.length",
    }
    with database.read() as session:
        assert PARTIES.count(session, ListQuery(filters={"state": "all"})) == before


def test_that_no_text_with_an_invisible_character_is_stored(database: Database) -> None:
    with database.write() as session:
        kept = _person(session)
    with pytest.raises(InputError) as made, database.write() as session:
        _person(session, name="沈\u202e昉", number="")
    with pytest.raises(InputError) as changed, database.write() as session:
        session.get_one(Party, kept).name = "陈㛃\u200b"
    for caught in (made, changed):
        (wrong,) = caught.value.fields
        assert (wrong.field, wrong.code) == ("name", "text.hidden")
    with database.read() as session:
        assert summary(session, kept).name == "陈㛃"


def test_that_a_village_group_without_a_code_gives_its_reason(database: Database) -> None:
    with database.write() as session:
        group = _company(session, "岭上村村民小组", "")
    with database.read() as session:
        found = summary(session, group)
    assert (found.number, found.no_number_reason) == ("", "未办理登记")


# --- duplicates --------------------------------------------------------------------------------


def test_that_the_same_number_is_suggested_first(database: Database) -> None:
    with database.write() as session:
        same = _person(session)
        namesake = _person(session, "陈然", "")
    with database.read() as session:
        found = suggest_duplicates(session, "陈然", NUMBER.lower())
    assert [one.party.id for one in found] == [same, namesake]
    assert found[0].reasons == (Likeness.SAME_NUMBER,)


def test_that_a_name_that_sounds_the_same_is_suggested(database: Database) -> None:
    with database.write() as session:
        person = _person(session, "王喆", "341199198802150119")
    with database.read() as session:
        found = suggest_duplicates(session, "王哲")
    assert [(one.party.id, one.reasons) for one in found] == [(person, (Likeness.SAME_SOUND,))]


def test_that_a_namesake_of_a_legal_representative_is_pointed_out(database: Database) -> None:
    with database.write() as session:
        company = _company(session)
    with database.read() as session:
        found = suggest_duplicates(session, "沈昉")
    assert [(one.party.id, one.reasons) for one in found] == [(company, (Likeness.REPRESENTATIVE,))]


def test_that_a_verdict_is_kept_and_not_asked_again(database: Database) -> None:
    with database.write() as session:
        first, second = _person(session), _person(session, "陈㛃", "")
    with database.read() as session:
        pairs = [(one.first.id, one.second.id) for one in duplicate_pairs(session)]
        assert pairs == [(first, second)]
    with database.write() as session:
        not_a_duplicate(session, second, first, "两人，已核对身份证")
    with database.read() as session:
        assert duplicate_pairs(session) == []
        assert suggest_duplicates(session, "陈㛃", ignore=first) == []
        verdicts = party_detail(session, first).not_duplicates
    assert [(other, reason) for other, reason, _who in verdicts] == [(second, "两人，已核对身份证")]


def test_that_a_verdict_needs_a_reason_and_two_parties(database: Database) -> None:
    with database.write() as session:
        first, second = _person(session), _person(session, "陈㛃", "")
    with pytest.raises(InputError), database.write() as session:
        not_a_duplicate(session, first, second, "")
    with pytest.raises(InputError), database.write() as session:
        not_a_duplicate(session, first, first, "同一")


# --- merging -----------------------------------------------------------------------------------


def test_that_reads_follow_a_chain_of_merges(database: Database) -> None:
    with database.write() as session:
        ids = [_person(session, "陈㛃", number) for number in (NUMBER, "", "")]
    with database.write() as session:
        merge(session, ids[1], ids[2], 1, "同一人")
    with database.write() as session:
        version = summary(session, ids[1]).version
        merge(session, ids[0], ids[1], version, "同一人")
    with database.read() as session:
        assert [resolve(session, one) for one in ids] == [ids[0]] * 3
        assert summary(session, ids[2]).name == "陈㛃"
        assert [one.id for one in party_detail(session, ids[0]).absorbed] == [ids[1]]
        assert list(PARTIES.ids(session, ListQuery())) == [ids[0]]
        assert [hit.record_id for hit in search.find(session, "陈㛃")] == [ids[0]]


def test_that_a_merge_cannot_go_in_a_circle(database: Database) -> None:
    with database.write() as session:
        first, second = _person(session), _person(session, "陈㛃", "")
    with database.write() as session:
        merge(session, first, second, 1, "同一人")
    with pytest.raises(InputError), database.write() as session:
        merge(session, second, first, summary(session, first).version, "同一人")
    with pytest.raises(RuleViolation), database.write() as session:
        merge(session, first, second, summary(session, second).version, "再来一次")


def test_that_a_person_is_never_an_organisation(database: Database) -> None:
    with database.write() as session:
        person, company = _person(session), _company(session)
    with pytest.raises(RuleViolation), database.write() as session:
        merge(session, company, person, 1, "误")


def test_that_a_merged_party_is_no_longer_edited(database: Database) -> None:
    with database.write() as session:
        first, second = _person(session), _person(session, "陈㛃", "")
    with database.write() as session:
        merge(session, first, second, 1, "同一人")
    with pytest.raises(RuleViolation), database.write() as session:
        version = summary(session, second).version
        edit_party(session, EditParty(party_id=second, version=version, name="陈"))


# --- the rest ----------------------------------------------------------------------------------


def test_that_a_party_is_deactivated_with_a_reason_and_comes_back(database: Database) -> None:
    with database.write() as session:
        person = _person(session)
    with database.write() as session:
        set_active(session, person, 1, active=False, reason="已故")
    with database.read() as session:
        assert list(PARTIES.ids(session, ListQuery())) == []
        assert list(PARTIES.ids(session, ListQuery(filters={"state": "inactive"}))) == [person]
    with database.write() as session:
        set_active(session, person, 2, active=True, reason="误停用")
    with database.read() as session:
        assert list(PARTIES.ids(session, ListQuery())) == [person]


def test_that_roles_follow_from_what_a_party_does(database: Database) -> None:
    with database.write() as session:
        company = _company(session)
        person = _person(session)
        edit_party(session, EditParty(party_id=person, version=1, name="陈㛃", employer_id=company))
        add_qualification(
            session,
            AddQualification(party_id=company, kind="乙级", valid_from=date(2024, 1, 1)),
        )
        note_quality(session, company, date(2026, 3, 1), "抽查合格")
    with database.read() as session:
        detail = party_detail(session, company)
        bodies = list(PARTIES.ids(session, ListQuery(filters={"role": "measuring_body"})))
    assert len(detail.roles) == 2
    assert bodies == [company]
    assert [line.kind for line in detail.qualifications] == ["乙级"]
    assert [text_ for _day, text_, _who in detail.quality] == ["抽查合格"]


def test_that_the_employer_is_an_organisation(database: Database) -> None:
    with database.write() as session:
        person = _person(session)
    command = RegisterPerson(
        name="李四", id_kind=IdKind.NONE, no_number_reason="未提供", employer_id=person
    )
    with pytest.raises(InputError) as caught, database.write() as session:
        register_person(session, command)
    assert caught.value.fields[0].field == "employer_id"


def test_that_the_list_is_sorted_by_pinyin_and_searched_by_initials(database: Database) -> None:
    with database.write() as session:
        ids = {name: _person(session, name, "") for name in ("赵𫖯", "陈㛃", "单田芳", "王喆")}
    with database.read() as session:
        order = list(PARTIES.ids(session, ListQuery()))
        by_initials = list(PARTIES.ids(session, ListQuery(text="stf")))
        by_part = list(PARTIES.ids(session, ListQuery(text="%")))
    assert order == [ids["陈㛃"], ids["单田芳"], ids["王喆"], ids["赵𫖯"]]
    assert by_initials == [ids["单田芳"]]
    assert by_part == []


def test_that_an_unknown_party_is_not_found(database: Database) -> None:
    with database.read() as session, pytest.raises(NotFound):
        summary(session, 4711)


def test_that_every_change_is_in_the_audit_log(database: Database) -> None:
    with database.write() as session:
        person = _person(session)
    with database.write() as session:
        edit_party(session, EditParty(party_id=person, version=1, name="陈㛃㛃"))
    with database.read() as session:
        rows = session.scalars(
            select(AuditRow).where(AuditRow.table_name == "party").order_by(AuditRow.seq)
        ).all()
    assert [(row.action, row.row_id) for row in rows] == [
        ("insert", str(person)),
        ("update", str(person)),
    ]
    assert rows[1].before["name"] == "陈㛃"
    assert rows[1].after["name"] == "陈㛃㛃"


def test_that_namesakes_with_different_numbers_are_not_listed_as_one(database: Database) -> None:
    with database.write() as session:
        first = _person(session, "陈㛃", NUMBER, "12000000007")
        _person(session, "陈㛃", "341199197511200134", "12000000007")
        third = _person(session, "陈㛃", "")
    with database.read() as session:
        pairs = {(one.first.id, one.second.id) for one in duplicate_pairs(session)}
    assert (first, first + 1) not in pairs
    assert (first, third) in pairs
