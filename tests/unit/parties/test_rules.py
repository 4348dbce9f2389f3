"""The pure rules of the party register."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.parties.model import OrganisationKind, PartyKind
from core.parties.rules import (
    ENTRY_THRESHOLD,
    PAIR_THRESHOLD,
    Likeness,
    check_name,
    check_number,
    check_party,
    clean_name,
    weight,
)
from core.values.identity import IdKind

CODE = "12341199990000017U"
PERSON_NUMBER = "341199196803120422"


@pytest.mark.parametrize("name", ["陈㛃", "周𬱖", "黄𠅤", "阿依努尔·吐尔逊", "严龑", "John Smith"])
def test_that_any_letter_may_be_a_name(name: str) -> None:
    assert check_name(name) == []


@pytest.mark.parametrize("name", ["", "   ", "\u3000"])
def test_that_an_empty_name_is_refused(name: str) -> None:
    assert [error.code for error in check_name(name)] == ["parties.name_missing"]


@pytest.mark.parametrize("name", ["王\u200b喆", "王\u202e喆", "王\x07喆"])
def test_that_an_invisible_character_is_refused(name: str) -> None:
    assert [error.code for error in check_name(name)] == ["text.hidden"]


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=30))
def test_that_cleaning_a_name_twice_changes_nothing(text: str) -> None:
    assert clean_name(clean_name(text)) == clean_name(text)


def test_that_no_number_needs_a_reason() -> None:
    with pytest.raises(InputError) as caught:
        check_number(PartyKind.ORGANISATION, IdKind.NONE, "", "  ")
    assert caught.value.fields[0].field == "no_number_reason"
    given = check_number(PartyKind.ORGANISATION, IdKind.NONE, "", " 未办理登记 ")
    assert (given.value, given.reason) == ("", "未办理登记")


def test_that_a_person_has_no_credit_code() -> None:
    with pytest.raises(InputError) as caught:
        check_number(PartyKind.PERSON, IdKind.CREDIT_CODE, CODE, "")
    assert caught.value.fields[0].code == "parties.id_kind_wrong"


def test_that_an_organisation_has_no_identity_card() -> None:
    with pytest.raises(InputError) as caught:
        check_number(PartyKind.ORGANISATION, IdKind.RESIDENT, PERSON_NUMBER, "")
    assert caught.value.fields[0].code == "parties.id_kind_wrong"


def test_that_a_short_number_names_its_field() -> None:
    """Rule case R09 of the sample office: seventeen digits."""
    with pytest.raises(InputError) as caught:
        check_number(PartyKind.PERSON, IdKind.RESIDENT, "34119919680312004", "")
    assert caught.value.fields[0].field == "number"


def test_that_every_wrong_field_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        check_party(PartyKind.ORGANISATION, " ", (IdKind.CREDIT_CODE, "123", ""), None)
    assert {error.field for error in caught.value.fields} == {
        "name",
        "organisation_kind",
        "number",
    }


def test_that_a_good_organisation_keeps_its_code() -> None:
    given = check_party(
        PartyKind.ORGANISATION,
        "滁州市老嘉山国有林场",
        (IdKind.CREDIT_CODE, CODE.lower(), ""),
        OrganisationKind.INSTITUTION,
    )
    assert given.value == CODE


def test_that_a_bare_tail_is_never_a_suggestion() -> None:
    assert weight([Likeness.SAME_TAIL]) < ENTRY_THRESHOLD


def test_that_sound_alone_is_suggested_at_entry_but_not_in_the_list_of_pairs() -> None:
    assert ENTRY_THRESHOLD <= weight([Likeness.SAME_SOUND]) < PAIR_THRESHOLD
    assert weight([Likeness.SAME_SOUND, Likeness.SAME_TAIL]) >= PAIR_THRESHOLD
