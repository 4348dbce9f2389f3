"""The desktop: everything that imports PySide6, and nothing else does.

On Python before 3.12 this package must be imported before PySide6 is used. PySide6 6.12
returns None, True and False without counting the reference (from 3.12 on these objects are
immortal and the count does not matter). A few thousand calls such as `setEnabled` end the
interpreter with "deallocating True or False". PySide6_Pdf exists for 6.12 only, so an older
PySide6 is no way out; instead the three objects are given references that cannot run out:
2**60 of them last for centuries at a million calls a second.
"""

from __future__ import annotations

import ctypes
import sys

_NEVER_USED_UP = 1 << 60


def _keep_constants_alive() -> None:
    for constant in (None, True, False):
        count = ctypes.c_ssize_t.from_address(id(constant))
        if count.value < _NEVER_USED_UP:
            count.value += _NEVER_USED_UP


if sys.version_info < (3, 12):
    _keep_constants_alive()
