"""The technical log: who changed which row from what to what, chained by hashes.

The lines of a transaction are collected at each flush and written just before its commit, in the
same transaction: there is no change without its line and no line without its change.
Each line carries the hash of the line before it, so a changed or removed line shows; the last
hash is printed on closing sheets, because only an outside copy shows a cut tail.
"""

from __future__ import annotations

from core.audit.agreement import Agreement, Disagreement, Fault, compare_rows
from core.audit.chain import AuditVerdict, head, verify_chain
from core.audit.lines import AuditLine, lines
from core.audit.recorder import executed, flushed, note, write_lines

__all__ = [
    "Agreement",
    "AuditLine",
    "AuditVerdict",
    "Disagreement",
    "Fault",
    "compare_rows",
    "executed",
    "flushed",
    "head",
    "lines",
    "note",
    "verify_chain",
    "write_lines",
]
