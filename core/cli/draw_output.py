"""How `lintanctl draw` tells a draw and the verdict of its replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.cli.context import Context
from core.i18n import N_, _
from core.values.cells import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from core.committee.details import DrawDetail
    from core.committee.drawing import Verdict

_FAULTS = {
    "list": N_("The candidate list is not the frozen one."),
    "seed": N_("The seed does not follow from list, time and inputs."),
    "result": N_("The result is not what was drawn."),
    "register": N_("The register has another record of this draw."),
}


def _as_record(detail: DrawDetail) -> dict[str, object]:
    return {
        "id": detail.id,
        "number": detail.number,
        "case": detail.case.text,
        "state": detail.state.value,
        "round": detail.round,
        "needed": [{"specialty": one.specialty, "count": one.count} for one in detail.needed],
        "substitutes": detail.substitutes,
        "meeting_at": detail.meeting_at,
        "place": detail.place,
        "secret_until": detail.secret_until,
        "operators": [detail.first, detail.second],
        "supervisor": detail.supervisor,
        "list_digest": detail.list_digest,
        "witnessed_at": detail.witnessed_at,
        "typed": list(detail.typed),
        "drawn_at": detail.drawn_at,
        "picks": [
            {
                "order": one.position,
                "code": one.code,
                "name": one.name,
                "seat": one.seat.value,
                "specialty": one.specialty,
                "state": one.state.value,
                "reason": one.reason,
            }
            for one in detail.picks
        ],
        "version": detail.version,
    }


def tell_draw(context: Context, session: Session, draw_id: int) -> None:
    """Tells a draw, all of it."""
    from core.committee.queries import draw_detail

    context.out.record(_as_record(draw_detail(session, draw_id)))


def tell_verdict(context: Context, record: Mapping[str, Any], verdict: Verdict) -> None:
    """Tells what a replay found."""
    names = {one["code"]: one.get("name", "") for one in record["list"]["candidates"]}
    context.out.record(
        {
            "draw": record["list"]["draw"],
            "case": record["list"]["case"],
            "intact": verdict.intact,
            "faults": [Shown(one, _(_FAULTS[one])) for one in verdict.faults],
            "list_digest": record["list_digest"],
            "drawn_at": record["drawn_at"],
            "seed": record["seed"],
            "result": [
                {
                    "order": one.order,
                    "code": one.code,
                    "name": names.get(one.code, ""),
                    "seat": one.seat,
                    "specialty": one.specialty,
                }
                for one in verdict.result
            ],
        }
    )
