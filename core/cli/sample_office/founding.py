"""Founding the sample office: its names, accounts and test authority."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.cli.sample_office import people
from core.cli.sample_office.people import Official

if TYPE_CHECKING:
    from pathlib import Path

    from core.clock import FixedClock
    from core.database import Database
    from core.documents.authority import TestAuthority

OFFICE_NAME = "明光市林业碳汇登记中心（样例）"

#: What the sample office says about itself on papers; invented but for the names of places.
_OFFICE_VALUES: dict[str, object] = {
    "office.phone": "05500000000",
    "office.address": "安徽省明光市样例路1号政务服务大厅",
    "office.contact": people.CLERK.name,
    "office.supervision_phone": "05500000001",
    "office.ecology_body": "滁州市明光市生态环境分局（样例）",
    "office.registry_body": "明光市不动产登记中心（样例）",
    "office.reconsideration_body": "明光市人民政府",
    "office.proper_body": "林地所在地林业主管部门",
    "office.basis_document": "《滁州市林业碳汇工作方案》",
    # Invented targets of the year, so that the figures of the dashboard have a measure.
    "certificates.target_count": 12,
    "certificates.target_tonnes": 20_000,
    "certificates.target_mu": 6_000,
    "fund.own_confirmation": True,
    "papers.approver_signs": True,
    "office.basis_clauses": "《滁州市林业碳汇工作方案》及本机构登记办法（样例）",
}


def found_office(
    url: str,
    owner_url: str,
    authority: TestAuthority,
    secrets: dict[str, str],
    clock: FixedClock,
) -> None:
    """Make the database and the accounts, and pin the sample authority.

    Args:
        url: as people open it.
        owner_url: as it is made; the same for a file.
        authority: the test certificate of the office.
        secrets: password by login.
        clock: where the time comes from.
    """
    from core import access
    from core.documents.keys import pin_authority
    from core.office import OfficeSetup, create_database

    setup = OfficeSetup(
        name=OFFICE_NAME, short="明林", code="341182", values=_OFFICE_VALUES, sample=True
    )
    admin = people.ADMIN
    create_database(owner_url, setup, admin.login, admin.name, secrets[admin.login], clock)
    database = opener(url, secrets, clock)(admin)
    try:
        with database.write() as session:
            for official in people.STAFF:
                secret = secrets[official.login]
                access.create_account(
                    session, official.login, official.name, secret, official.roles
                )
            pin_authority(session, authority, OFFICE_NAME)
    finally:
        database.close()


def opener(url: str, secrets: dict[str, str], clock: FixedClock) -> Callable[[Official], Database]:
    """How the people of the office open their database."""
    from core.office import open_database

    def open_as(official: Official) -> Database:
        return open_database(url, official.login, secrets[official.login], clock=clock)

    return open_as


def write_accounts(path: Path, secrets: dict[str, str], authority: TestAuthority) -> None:
    """Write who is who: a list to read, and a password file for each account and the key."""
    lines = ["# 样例账户（培训用）：登录名、密码、姓名、职责"]
    lines += [
        f"{official.login}\t{secrets[official.login]}\t{official.name}\t{official.duty}"
        for official in people.EVERYBODY
    ]
    path.touch(mode=0o600)  # passwords: nobody else's to read, not even while it is written
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    folder = path.parent / "passwords"
    folder.mkdir(mode=0o700)
    for official in people.EVERYBODY:
        (folder / official.login).write_text(secrets[official.login] + "\n", encoding="utf-8")
    # Whoever tries the sample office out signs on with its test key.
    for key in (authority.pkcs12, *(one.pkcs12 for one in authority.people)):
        (folder / key.name).write_text(authority.passphrase + "\n", encoding="utf-8")
