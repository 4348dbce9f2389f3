"""A real time-stamp server on the loopback: `openssl ts` behind a small HTTP server."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

_CONFIG = """
[ tsa ]
default_tsa = one
[ one ]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ req ]
distinguished_name = dn
[ dn ]
[ root_ext ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[ tsa_ext ]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def _openssl(*words: str | Path) -> bytes:
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def _authority(folder: Path) -> None:
    """A root and a time-stamping certificate below it."""
    config = folder / "ts.cnf"
    config.write_text(_CONFIG.format(folder=folder), encoding="utf-8")
    (folder / "serial").write_text("01", encoding="ascii")
    _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "root.key",
             "-out", folder / "root.pem", "-days", "3650", "-subj", "/CN=Time root",
             "-config", config, "-extensions", "root_ext")  # fmt: skip
    _openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "tsa.key",
             "-out", folder / "tsa.csr", "-subj", "/CN=Time server", "-config", config)  # fmt: skip
    _openssl("x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "root.pem",
             "-CAkey", folder / "root.key", "-set_serial", "7", "-days", "3650",
             "-out", folder / "tsa.pem", "-extfile", config, "-extensions", "tsa_ext")  # fmt: skip


@dataclass
class TimeServer:
    """The server: its address, its root, and how often it was asked."""

    url: str
    root: Path
    asked: list[int] = field(default_factory=list)


@contextmanager
def time_server(folder: Path) -> Iterator[TimeServer]:
    """Run the server while the block runs."""
    folder.mkdir(exist_ok=True)
    if not (folder / "tsa.pem").exists():
        _authority(folder)
    served = TimeServer("", folder / "root.pem")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            served.asked.append(len(body))
            query, answer = folder / "query.tsq", folder / "answer.tsr"
            query.write_bytes(body)
            _openssl(
                "ts", "-reply", "-config", folder / "ts.cnf", "-queryfile", query, "-out", answer
            )
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer.read_bytes())

        def log_message(self, *words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
