"""Several processes sign a batch as one would: same papers, same order, same refusals."""

from __future__ import annotations

import pytest

from core.database import Database
from core.documents import bench_stream, keys, service
from core.documents.authority import TestAuthority
from core.documents.pool import PressPool
from core.documents.templates import shipped
from core.documents.verify import verify
from core.errors import EnvironmentFault
from tests import papers


def test_that_two_processes_issue_what_waits_in_order(
    pinned: Database, authority: TestAuthority
) -> None:
    with pinned.write() as session:
        ids = [
            service.prepare(
                session,
                kind="acceptance",
                record_kind="application",
                record_id=n,
                facts={**papers.LETTER, "number": f"明林〔2026〕{n}号"},
            ).id
            for n in range(1, 13)
        ]
    with PressPool(authority.pkcs12, authority.passphrase, 2) as pool:
        issued = service.issue_pending(pinned, authority.signer(), pool=pool)
    assert [one.document_id for one in issued] == ids
    assert {one.fault for one in issued} == {None}
    with pinned.read() as session:
        for n, document_id in enumerate(ids, start=1):
            verdict = verify(
                service.bytes_of(session, document_id), roots=keys.roots(session), session=session
            )
            assert verdict.ok
            assert verdict.number == f"明林〔2026〕{n}号"


def test_that_a_wrong_passphrase_starts_no_process(authority: TestAuthority) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        PressPool(authority.pkcs12, "wrong")
    assert caught.value.code == "sign.passphrase"


def test_that_a_stream_of_certificates_keeps_its_memory(authority: TestAuthority) -> None:
    key = (authority.pkcs12, authority.passphrase)
    made_from = (shipped("certificate"), papers.certificate(), papers.NOW)
    found = bench_stream.stream(key, made_from, 220, 1)
    assert found.papers == 220
    assert found.size > 220 * 10_000
    assert abs(found.late - found.early) < 20 << 20
