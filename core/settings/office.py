"""The office: names, addresses and bodies, as dated settings (bureaux are renamed)."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import N_
from core.settings.specs import SettingSpec, declare


@dataclass(frozen=True, kw_only=True)
class Office:
    """The office on a day. Empty texts are unset: the sentence that would carry them is left out.

    Attributes:
        name, short, code: full name, abbreviation 代字 for numbers, code of the office.
        phone, address, contact, supervision_phone: as printed.
        ecology_body: 备案机关. registry_body: 不动产登记机构.
        reconsideration_body: 复议机关. court: court of administrative suits.
        proper_body: 有权机构, named when the office has no jurisdiction.
        basis_document, basis_clauses: 登记依据文件及条款.
        sample: every paper carries 培训样张.
    """

    name: str
    short: str
    code: str
    phone: str
    address: str
    contact: str
    supervision_phone: str
    ecology_body: str
    registry_body: str
    reconsideration_body: str
    court: str
    proper_body: str
    basis_document: str
    basis_clauses: str
    sample: bool


declare(
    SettingSpec("office.name", N_("Name of the office"), ""),
    SettingSpec("office.short", N_("Abbreviation in numbers"), ""),
    SettingSpec("office.code", N_("Code of the office"), ""),
    SettingSpec("office.phone", N_("Telephone"), ""),
    SettingSpec("office.address", N_("Address"), ""),
    SettingSpec("office.contact", N_("Contact person"), ""),
    SettingSpec("office.supervision_phone", N_("Telephone for complaints"), ""),
    SettingSpec("office.ecology_body", N_("Body that certificates are filed with"), ""),
    SettingSpec("office.registry_body", N_("Real-estate title registry"), ""),
    SettingSpec("office.reconsideration_body", N_("Body of administrative reconsideration"), ""),
    SettingSpec("office.court", N_("Court of administrative suits"), ""),
    SettingSpec("office.proper_body", N_("Body in charge outside the county"), ""),
    SettingSpec("office.basis_document", N_("Document the register is based on"), ""),
    SettingSpec("office.basis_clauses", N_("Clauses of that document"), ""),
    SettingSpec(
        "office.sample", N_("Sample office (papers are marked as training samples)"), False, "bool"
    ),
)
