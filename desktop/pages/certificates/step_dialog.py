"""The form of a step of the case shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.certificates.commands import ApplicationSummary
from core.certificates.workflow import StepOffer
from core.i18n import _
from desktop.pages.certificates.view_model import APPLICATION, CertificatesViewModel
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.parts.editing import editing

Taken = Callable[[StepOffer, ApplicationSummary], object]


def step_dialog(model: CertificatesViewModel, offer: StepOffer, taken: Taken) -> ActionDialog:
    """Asks what the step needs and takes it; `taken` is told when it is done."""
    step = offer.step
    seen = model.seen()

    def submit(values: Mapping[str, object], done: Done, failed: Failed) -> None:
        def finished(result: object) -> None:
            done(result)
            if isinstance(result, ApplicationSummary):
                taken(offer, result)

        model.advance(step.key, values, finished, failed, seen)

    def stale() -> None:
        nonlocal seen
        # The person is told, and what is loaded now is what the next press rests on.
        seen = None
        _on_stale(model, dialog)

    dialog = ActionDialog(model.context, _(step.title), _(step.description), step.fields, submit)
    dialog.setProperty("step", step.key)
    dialog.stale.connect(stale)
    return dialog if seen is None else editing(model.context, dialog, APPLICATION, seen[0])


def _on_stale(model: CertificatesViewModel, dialog: ActionDialog) -> None:
    """Load what the colleague saved; the person looks at it, then presses again or gives up."""
    model.reload()
    dialog.banner.show_message(
        "warning",
        _(
            "A colleague saved this case meanwhile. It was loaded again; nothing of yours was "
            "saved. Compare it behind this window, then press the button again, or cancel."
        ),
    )
