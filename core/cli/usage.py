"""argparse's own words in the language of the answers."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from core import i18n
from core.i18n import N_

#: Every text of argparse that our commands can show, so that the catalogue has them.
TEXTS = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("ignored explicit argument %r"),
    N_("not allowed with argument %s"),
    N_("one of the arguments %s is required"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
)


def translate() -> None:
    """Let argparse speak the language chosen with `core.i18n.use`.

    WORKAROUND: argparse asks gettext with the domain and language of the whole process, which an
    embedded command must not change (https://docs.python.org/3/library/gettext.html#gettext.textdomain);
    its module-level `_` is the only narrower place.
    """
    translator: Callable[[str], str] = i18n._
    argparse._ = translator  # type: ignore[attr-defined]
