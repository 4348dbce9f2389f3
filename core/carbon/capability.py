"""What the calculation brings to the office."""

from __future__ import annotations

from core.capability import ADMINISTRATOR, APPROVER, REVIEWER, Capability, Permission
from core.carbon.model import ParameterSet, SpeciesGroup, SpeciesParameterRow
from core.carbon.queries import PARAMETER_SETS
from core.carbon.seed import seed
from core.i18n import N_

CAPABILITY = Capability(
    key="carbon",
    title=N_("Carbon amount"),
    icon="carbon",
    models=(ParameterSet, SpeciesParameterRow, SpeciesGroup),
    permissions=(
        Permission("carbon.parameters", N_("Enter parameter sets"), (REVIEWER, ADMINISTRATOR)),
        Permission("carbon.confirm", N_("Confirm and retire parameter sets"), (APPROVER,)),
    ),
    lists={"carbon_parameter_set": PARAMETER_SETS},
    seed=seed,
)
