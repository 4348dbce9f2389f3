"""The program is killed while it issues papers: none is lost, none is issued twice."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from core.database import Database
from core.documents import service
from core.documents.authority import TestAuthority
from core.documents.sign import Signer
from core.documents.verify import verify
from tests import databases, papers

PROGRAM = """
import sys
from core.documents import service, sign
from pathlib import Path
from tests import databases
service.CHUNK = 3
database = databases.open_all(sys.argv[1])
signer = sign.from_pkcs12(Path(sys.argv[2]), sys.argv[3])
print("ready", flush=True)
service.issue_pending(database, signer, None, lambda done, total: print(done, flush=True))
"""


def test_that_killing_the_program_loses_no_paper(
    sqlite_database: Database, signer: Signer, authority: TestAuthority, *, long_run: bool
) -> None:
    total = 36
    with sqlite_database.write() as session:
        for number in range(total):
            facts = {**papers.LETTER, "number": f"明林〔2026〕{number}号"}
            service.prepare(
                session, kind="acceptance", record_kind="a", record_id=number, facts=facts
            )
    chance = random.Random(5)
    words = [databases.url_of(sqlite_database), str(authority.pkcs12), authority.passphrase]
    for _ in range(20 if long_run else 4):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
        )  # fmt: skip
        assert process.stdout is not None
        for _ in range(chance.randrange(1, 5)):
            process.stdout.readline()
        process.kill()
        process.communicate()
    service.issue_pending(sqlite_database, signer)
    with sqlite_database.read() as session:
        made = [paper for n in range(total) for paper in service.papers_of(session, "a", n)]
        assert len(made) == total
        assert service.pending_count(session) == 0
        for paper in made:
            data = service.bytes_of(session, paper.id)
            assert verify(data, roots=[authority.root], session=session).ok
