"""What a step is, and the form fields several steps share."""

from __future__ import annotations

from dataclasses import dataclass

from core.certificates.states import UNDER_REVIEW, State
from core.i18n import N_
from core.values.forms import FormField


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        key: stable name (`lintanctl application advance --to KEY`).
        title: what the button says (`N_`).
        sources: states it may be taken in.
        target: the state it leads to; None if the case stays where it is or the form says where.
        permission: who may take it.
        fields: what is asked.
        papers: kinds of papers it makes.
        description: one sentence: what will happen (`N_`).
        main: the next step on the road (the one primary button), not a side step.
        beside_supplement: may be taken while papers asked for are still missing.
    """

    key: str
    title: str
    sources: frozenset[State]
    target: State | None
    permission: str
    fields: tuple[FormField, ...] = ()
    papers: tuple[str, ...] = ()
    description: str = ""
    main: bool = False
    beside_supplement: bool = False


REASON = FormField("reason", N_("Reason"), "long", required=True)
OPINION = FormField("opinion", N_("Opinion"), "long", required=True)
NOTE = FormField("note", N_("Note"), "long")
FILE = FormField("file", N_("File"), "file")
ITEMS = FormField(
    "items",
    N_("Papers to correct"),
    "table",
    required=True,
    help=N_("List everything at once; later requests are not allowed before acceptance."),
    columns=(
        FormField("title", N_("Paper"), required=True),
        FormField("problem", N_("Problem"), required=True),
        FormField("demand", N_("What to do"), required=True),
        FormField("basis", N_("Basis")),
    ),
)
OPEN = frozenset({State.RECEIVED, State.CORRECTION}) | UNDER_REVIEW
