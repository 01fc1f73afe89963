"""Chapitre 9, article 9.3.5, Travaux de sécurisation: free for small buildings (8.5), else the dearest measure."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.conditions import ch18_interventions
from fanal.law.decision import Decision, Ground, ground, listed
from fanal.law.rules import facts, rule


class Measure(StrEnum):
    """What secures the network for a while; a measure that table I-B does not name is priced as power off."""

    INSULATION = "INSULATION"
    POWER_OFF = "POWER_OFF"
    OTHER = "OTHER"


MEASURE_WORDS = {
    Measure.INSULATION: {"fr": "isolation", "en": "insulation"},
    Measure.POWER_OFF: {"fr": "mise hors tension", "en": "power off"},
    Measure.OTHER: {"fr": "autre mesure, au prix de la mise hors tension", "en": "other measure, priced as power off"},
}


@facts
class Securing:
    """Temporary works asked for on one site, and the dwellings of its building; 0 when it has none."""

    dwellings: Annotated[int, Field(ge=0)] = 0
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]
    outside_hours: bool = False


@rule
def securing_price(case: Securing, terms: ch18_interventions.Terms) -> Decision[int | None]:
    """9.3.5: in normal hours, the dearest of the measures of a site, in cents; none outside, by detailed cost."""
    inside, free = securing_is_in_normal_hours(case), few_dwellings_are_free(case, terms)
    if not inside.holds:
        return Decision(outcome=None, grounds=(inside, free), obstacles=(inside,))
    if free.holds:
        return Decision(outcome=0, grounds=(inside, free))
    return Decision(outcome=_dearest(case, terms), grounds=(inside, free, dearest_measure_is_billed(case, terms)))


def securing_is_in_normal_hours(case: Securing) -> Ground:
    """9.3.5: the works are done in normal hours; outside, by 9.1.1, at their detailed cost."""
    return ground("9.3.5", "securing_is_in_normal_hours", not case.outside_hours)


def few_dwellings_are_free(case: Securing, terms: ch18_interventions.Terms) -> Ground:
    """8.5: for a building of 4 dwellings or fewer, securing the network in normal hours is in the base service."""
    limit = terms.securing_free_up_to_dwellings
    return ground(
        "8.5",
        "few_dwellings_are_free",
        1 <= case.dwellings <= limit and not case.outside_hours,
        terms.figure("securing_free_up_to_dwellings"),
        dwellings=case.dwellings,
        limit=limit,
    )


def dearest_measure_is_billed(case: Securing, terms: ch18_interventions.Terms) -> Ground:
    """9.3.5: when a site takes several measures, the dearest alone is billed."""
    return ground(
        "9.3.5",
        "dearest_measure_is_billed",
        len(set(case.measures)) > 1,
        terms.figure("securing_insulation_cents"),
        terms.figure("securing_power_off_cents"),
        measures=listed(MEASURE_WORDS[it] for it in sorted(set(case.measures))),
        price=_dearest(case, terms),
    )


def _dearest(case: Securing, terms: ch18_interventions.Terms) -> int:
    return max(_price(it, terms) for it in case.measures)


def _price(measure: Measure, terms: ch18_interventions.Terms) -> int:
    return terms.securing_insulation_cents if measure is Measure.INSULATION else terms.securing_power_off_cents
