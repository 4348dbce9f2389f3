"""Signing with a key on a PKCS#11 token: SoftHSM2, a real one in software."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.cli import main
from core.database import Database
from core.documents import keys, service
from core.documents.authority import TestAuthority
from core.documents.qr import codes_in
from core.documents.sign import Signer, with_codes
from core.documents.token import TokenKey, from_token, tokens
from core.documents.verify import verify, verify_code
from core.errors import EnvironmentFault
from tests import databases, papers, softhsm

Run = Callable[..., str]
pytestmark = pytest.mark.skipif(
    not softhsm.installed(), reason="needs SoftHSM2 (Debian package softhsm2)"
)


@pytest.fixture(scope="module")
def library() -> Path:
    return softhsm.library()


@pytest.fixture(scope="module", autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with softhsm.token_store(tmp_path_factory.mktemp("softhsm")) as folder:
        yield folder


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_that_a_token_signs_a_paper_that_every_judge_accepts(
    kind: str, library: Path, run: Run, tmp_path: Path
) -> None:
    root = softhsm.plug_in(f"office-{kind}", softhsm.make_key(kind))
    signer: Signer = from_token(TokenKey(library, f"office-{kind}", "office"), softhsm.PIN)
    data = papers.paper("acceptance", papers.LETTER, signer)
    verdict = verify(data, roots=[root])
    assert verdict.ok
    assert verdict.signer == papers.OFFICE
    assert not verdict.test_certificate
    path = tmp_path / "token.pdf"
    path.write_bytes(data)
    assert "Signature is Valid" in run("pdfsig", "-nocert", path, status=None)


def test_that_the_codes_of_a_token_are_signed_with_the_offices_key(
    library: Path, authority: TestAuthority, run: Run, tmp_path: Path
) -> None:
    softhsm.plug_in("office-codes", softhsm.make_key("rsa"))
    bare = from_token(TokenKey(library, "office-codes"), softhsm.PIN)
    assert bare.qr is None
    path = authority.pkcs12.with_suffix(".qr.pem")
    signer = with_codes(bare, path, authority.passphrase)
    (tmp_path / "a.pdf").write_bytes(papers.paper("certificate", papers.certificate(), signer))
    run("pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", tmp_path / "a.pdf", tmp_path / "a")
    (text,) = codes_in((tmp_path / "a.png").read_bytes(), "a.png")
    verdict = verify_code(text, keys=[authority.qr_public])
    assert verdict.ok
    assert verdict.found.facts.number == papers.NUMBER
    with pytest.raises(EnvironmentFault, match="no_file"):
        with_codes(bare, tmp_path / "none.pem", "x")
    with pytest.raises(EnvironmentFault, match="passphrase"):
        with_codes(bare, path, "wrong")


def test_that_the_tokens_in_the_slots_are_told_apart(library: Path) -> None:
    for kind in ("rsa", "p256"):
        softhsm.plug_in("twins", softhsm.make_key(kind))
    twins = [one for one in tokens(library) if one.label == "twins"]
    assert len({one.serial for one in twins}) == 2
    algorithms = {
        from_token(TokenKey(library, "twins", serial=one.serial), softhsm.PIN).algorithm
        for one in twins
    }
    assert len(algorithms) == 2


def test_that_what_is_wrong_with_a_token_is_told(store: Path, library: Path) -> None:
    softhsm.plug_in("office-wrong", softhsm.make_key("p256"))
    tries = (
        (TokenKey(library, "office-wrong", "office"), "1111", "token.pin"),
        (TokenKey(library, "another"), softhsm.PIN, "token.missing"),
        (TokenKey(library, "office-wrong", serial="000"), softhsm.PIN, "token.missing"),
        (TokenKey(library, "office-wrong", "no such key"), softhsm.PIN, "token.no_key"),
        (TokenKey(store / "driver.so"), softhsm.PIN, "token.library"),
    )
    for where, pin, code in tries:
        with pytest.raises(EnvironmentFault) as caught:
            from_token(where, pin)
        assert caught.value.code == code


def test_that_the_command_line_signs_with_a_token(
    sqlite_database: Database,
    library: Path,
    authority: TestAuthority,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = softhsm.plug_in("office-line", softhsm.make_key("p256"))
    with sqlite_database.write() as session:
        keys.pin_root(session, root)
        keys.pin_qr_key(session, authority.qr_public, "码")
        facts = {**papers.LETTER, "number": "明林〔2026〕1号"}
        paper = service.prepare(
            session, kind="acceptance", record_kind="a", record_id=1, facts=facts
        )
    files = {"me": databases.PASSWORD, "pin": softhsm.PIN, "codes": authority.passphrase}
    for name, secret in files.items():
        (tmp_path / name).write_text(secret, encoding="utf-8")
    status = main(
        [
            "--json", "--database", databases.url_of(sqlite_database), "--as", databases.ALL,
            "--password-file", str(tmp_path / "me"), "papers", "resume",
            "--pkcs11", str(library), "--token", "office-line",
            "--key-password-file", str(tmp_path / "pin"),
            "--codes-key", str(authority.pkcs12.with_suffix(".qr.pem")),
            "--codes-key-password-file", str(tmp_path / "codes"),
        ]
    )  # fmt: skip
    (row,) = json.loads(capsys.readouterr().out)
    assert (status, row["id"], row["fault"]) == (0, paper.id, None)
    with sqlite_database.read() as session:
        data = service.bytes_of(session, paper.id)
        assert verify(data, roots=keys.roots(session), session=session).ok
