"""Chapitre 8, Service de base: what leaves a request out of it, whatever the works."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from fanal.law.decision import Ground, ground
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts
from fanal.values.money import QUANTITY_SCALE


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The limits of the base service."""

    base_power_min_kw: int
    base_power_below_kva: int
    base_power_years: int


@facts
class ServiceBox:
    """Coffret de branchement principal, and poste client: what the request changes; nominal currents in A."""

    amperes_before: Annotated[int, Field(ge=0)] = 0
    amperes_after: Annotated[int, Field(ge=0)] = 0
    box_or_substation_added: bool = False

    @property
    def grows(self) -> bool:
        """Whether a box or a substation is added, or the nominal current of the box rises."""
        return self.box_or_substation_added or self.amperes_after > self.amperes_before

    @property
    def change(self) -> Mapping[str, str]:
        """What becomes of the box, in both languages."""
        before, after = self.amperes_before, self.amperes_after
        if self.box_or_substation_added:
            return {"fr": "coffret ou poste client ajouté", "en": "box or customer substation added"}
        if before == after:
            return {"fr": "intensité nominale inchangée", "en": "nominal current unchanged"}
        return {
            "fr": f"intensité nominale de {before} A à {after} A",
            "en": f"nominal current from {before} A to {after} A",
        }


@facts
class Supply:
    """What is asked for: the average yearly demand foreseen (puissance projetée), in W, and for how long."""

    projected_w: Annotated[int, Field(ge=0)]
    temporary: bool = False  # as part8.supply_is_temporary tells


def small_power_is_left_out(case: Supply, terms: Terms) -> Ground:
    """9.3.3: below 2 kW, no works are in the base service."""
    return ground(
        "9.3.3",
        "small_power_is_left_out",
        case.projected_w < terms.base_power_min_kw * QUANTITY_SCALE,
        terms.figure("base_power_min_kw"),
        power=case.projected_w,
        limit=terms.base_power_min_kw * QUANTITY_SCALE,
    )


def temporary_supply_is_left_out(case: Supply) -> Ground:
    """9.3.4: for a temporary supply, no works are in the base service."""
    return ground("9.3.4", "temporary_supply_is_left_out", case.temporary)
