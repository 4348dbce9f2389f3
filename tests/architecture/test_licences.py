"""What we ship may be given to anybody: permissive licences, MPL, LGPL; nothing under GPL alone."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata

from tests.architecture import source


def _licence(name: str) -> str:
    """The licence a package declares; empty when it is not for this platform."""
    try:
        facts = metadata(name)
    except PackageNotFoundError:
        return ""
    declared = facts.get("License-Expression") or facts.get("License") or ""
    classifiers = [line for line in facts.get_all("Classifier") or [] if line.startswith("License")]
    return declared.split("\n")[0] or " ".join(classifiers)


def test_that_nothing_we_ship_is_under_gpl_alone() -> None:
    lock = (source.TOP / "requirements.txt").read_text(encoding="utf-8")
    licences = {name: _licence(name) for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    known = {name: licence for name, licence in licences.items() if licence}
    assert len(known) > 40
    gpl_only = {
        name: licence
        for name, licence in known.items()
        if re.search(r"(?<![L])A?GPL", licence) and "LGPL" not in licence and " OR " not in licence
    }
    assert not gpl_only
