"""Text from outside: what nobody can see on the screen is not taken into the register.

A character that turns the direction of writing (U+202E), joins without a mark (U+200B) or controls
a terminal makes two different names look the same and one paper say two things (Unicode Technical
Report 36, "bidirectional text spoofing"; UTS 39). Names of people and places never need one: rare
characters, "·" and variation selectors are all visible or change what is visible.
"""

from __future__ import annotations

import re

from core.errors import InputError
from core.i18n import N_
from core.messages import register

register(
    {
        "text.hidden": N_(
            "Character {place} of the text is invisible ({code}); delete it or type the text again."
        ),
    }
)

# Controls but tab and new line, soft hyphen, marks and overrides of direction, joiners without
# width, separators of lines, byte order mark, tags, and halves of a character.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def require_visible(name: str, text: str) -> None:
    """Refuse a text with a character that cannot be seen.

    Args:
        name: the field it was typed into.
        text: as it would be stored; tabs and line ends are fine.

    Raises:
        InputError: `text.hidden` for the field, with the place (from 1) and the code point.
    """
    found = _HIDDEN.search(text)
    if found:
        code = f"U+{ord(found[0]):04X}"
        raise InputError.of(name, "text.hidden", place=found.start() + 1, code=code)
