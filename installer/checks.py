"""What ./check runs, in the environment that bootstrap.py has made.

The gates (format, lint, types, layers, translations) run side by side; the tests follow when all
of them hold, so that the last line is pytest's own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-X", "utf8"]

GATES = {
    "format": [*PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."],
    "lint": [*PYTHON, "-m", "ruff", "check", "--quiet", "."],
    "types": [*PYTHON, "-m", "mypy", "--no-error-summary"],
    "layers": [
        *PYTHON,
        "-c",
        "import sys; from importlinter import cli; sys.exit(cli.lint_imports())",
    ],
    "translations": [*PYTHON, "installer/translations.py", "check"],
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps asked for; 0 when everything holds."""
    parser = argparse.ArgumentParser(prog="./check", description=__doc__)
    parser.add_argument(
        "what",
        nargs="?",
        default="all",
        choices=["all", "long", "gates", "tests", "fix", "lock", "translations"],
        help="all (without a word), long: complete runs; gates or tests: only these; "
        "fix: format and mend what ruff can; lock: lock the newest requirements; "
        "translations: bring the catalogue up to date with the source",
    )
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="for pytest")
    args = parser.parse_args(arguments)
    os.chdir(TOP)
    match args.what:
        case "gates":
            return gates()
        case "tests":
            return tests(args.rest)
        case "fix":
            return fix()
        case "lock":
            return lock()
        case "translations":
            return subprocess.call([*PYTHON, "installer/translations.py", "update"])
        case "long":
            return gates() or tests(["--long", *args.rest])
        case _:
            return gates() or tests(args.rest)


def gates() -> int:
    """Start all gates at once and report each in turn; 1 when one does not hold."""
    started = time.monotonic()
    running = {
        name: subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for name, command in GATES.items()
    }
    broken = []
    for name, process in running.items():
        text, _ = process.communicate()
        good = process.returncode == 0
        print(f"{name:<13}{'good' if good else 'BROKEN'}")
        if not good:
            broken.append(name)
            print(text.strip())
    print(f"gates         {time.monotonic() - started:.0f} s", flush=True)
    if broken:
        print(f"Not tested, because of: {', '.join(broken)}")
    return 1 if broken else 0


def tests(arguments: Sequence[str]) -> int:
    """All tests, spread over the processors."""
    spread = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "worksteal"]
    return subprocess.call(
        [*PYTHON, "-m", "pytest", "-q", *spread, *arguments], stdin=subprocess.DEVNULL
    )


def fix() -> int:
    """Format, and mend what ruff can mend by itself."""
    status = subprocess.call([*PYTHON, "-m", "ruff", "check", "--fix", "--quiet", "."])
    return subprocess.call([*PYTHON, "-m", "ruff", "format", "--quiet", "."]) or status


def lock() -> int:
    """Lock the requirements: for every platform, with hashes, without addresses."""
    for name in ("requirements", "requirements-dev"):
        command = ["uv", "pip", "compile", "--universal", "--generate-hashes", "--no-header"]
        command += ["--no-annotate", "--python-version", "3.11", "--quiet", "--upgrade"]
        if subprocess.call([*command, f"{name}.in", "-o", f"{name}.txt"]) != 0:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
