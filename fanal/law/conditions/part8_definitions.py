"""Partie VIII, Définitions: the words of the bylaw that are computed."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.delays import Holidays
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.money import half_up

NEVER = {"fr": "aucun", "en": "none"}


class Use(StrEnum):
    """Usage domestique, or any other. The words are kept in columns and never change."""

    DOMESTIC = "DOMESTIC"
    OTHER = "OTHER"


class RateClass(StrEnum):
    """The families of rates that the bylaw tells apart. The words are kept in columns and never change."""

    DOMESTIC = "DOMESTIC"
    FLAT_RATE = "FLAT_RATE"
    SMALL_POWER = "SMALL_POWER"
    MEDIUM_POWER = "MEDIUM_POWER"
    LARGE_POWER = "LARGE_POWER"


RATE_WORDS = {
    RateClass.DOMESTIC: {"fr": "tarif domestique", "en": "domestic rate"},
    RateClass.FLAT_RATE: {"fr": "tarif à forfait", "en": "flat rate"},
    RateClass.SMALL_POWER: {"fr": "petite puissance", "en": "small power"},
    RateClass.MEDIUM_POWER: {"fr": "moyenne puissance", "en": "medium power"},
    RateClass.LARGE_POWER: {"fr": "grande puissance", "en": "large power"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The figures of the definitions. Days of the year are written MM-DD, hours HH:MM."""

    winter_from: str
    winter_to: str
    small_power_kw: int
    large_power_kw: int
    apparent_percent: int
    apparent_percent_large: int
    working_hours: tuple[str, ...]  # from, to, from, to


@facts
class Demand:
    """The greatest demands of a period, in thousandths of kW and kVA."""

    rate_class: RateClass
    kw: int
    kva: int


@facts
class BilledDemand:
    """How a rate bills demand, in kW: only above so much, and at least so much."""

    billed_above_kw: int = 0
    minimum_kw: int = 0


@facts
class Moment:
    """A day and an hour, on the clocks of the municipality."""

    at: datetime


@rule
def maximum_demand(case: Demand, terms: Terms) -> Decision[int]:
    """Part VIII, « puissance maximale appelée »: the greater of kW and 90 or 95 % of kVA; in 1/1000 kW."""
    apparent = apparent_demand_prevails(case, terms)
    return Decision(outcome=max(case.kw, _apparent(case, terms)), grounds=(apparent,))


def apparent_demand_prevails(case: Demand, terms: Terms) -> Ground:
    """Part VIII, « puissance maximale appelée »: that share of the apparent demand is above the real one."""
    name = _apparent_name(case)
    share = _apparent(case, terms)
    return ground(
        "Partie VIII",
        "apparent_demand_prevails",
        share > case.kw,
        terms.figure(name),
        kw=case.kw,
        kva=case.kva,
        percent=int(getattr(terms, name)),
        share=share,
    )


@rule
def power_factor(case: Demand) -> Decision[int | None]:
    """Part VIII, « facteur de puissance »: kW over kVA, in millionths; none without apparent demand."""
    known = apparent_demand_is_known(case)
    outcome = half_up(case.kw * 1_000_000, case.kva) if known.holds else None
    return Decision(outcome=outcome, grounds=(known,), obstacles=() if known.holds else (known,))


def apparent_demand_is_known(case: Demand) -> Ground:
    """Part VIII, « facteur de puissance »: there is an apparent demand to compare with."""
    return ground("Partie VIII", "apparent_demand_is_known", case.kva > 0, kw=case.kw, kva=case.kva)


@rule
def power_class(case: BilledDemand, terms: Terms) -> Decision[RateClass]:
    """Part VIII, « petite, moyenne, grande puissance »: told by how demand is billed."""
    small, large = demand_is_billed_only_above(case, terms), minimum_demand_is_large(case, terms)
    kind = RateClass.MEDIUM_POWER
    if small.holds:
        kind = RateClass.SMALL_POWER
    elif large.holds:
        kind = RateClass.LARGE_POWER
    return Decision(outcome=kind, grounds=(small, large))


def demand_is_billed_only_above(case: BilledDemand, terms: Terms) -> Ground:
    """Part VIII, « petite puissance »: demand is billed only above 50 kW."""
    return ground(
        "Partie VIII",
        "demand_is_billed_only_above",
        case.billed_above_kw >= terms.small_power_kw,
        terms.figure("small_power_kw"),
        billed_above=case.billed_above_kw,
        limit=terms.small_power_kw,
    )


def minimum_demand_is_large(case: BilledDemand, terms: Terms) -> Ground:
    """Part VIII, « grande puissance »: the minimum billing demand is 5,000 kW or more."""
    return ground(
        "Partie VIII",
        "minimum_demand_is_large",
        case.minimum_kw >= terms.large_power_kw,
        terms.figure("large_power_kw"),
        minimum=case.minimum_kw,
        limit=terms.large_power_kw,
    )


@rule
def working_hours_run(case: Moment, terms: Terms, holidays: Holidays) -> Decision[bool]:
    """Part VIII, « heures normales de travail »: weekdays 7:30–12:00 and 13:00–16:30, holidays left out."""
    day, hour = day_is_worked(case.at.date(), holidays), hour_is_worked(case.at.time(), terms)
    return permit(when=[day, hour])


def day_is_worked(on: date, holidays: Holidays) -> Ground:
    """Part VIII, « heures normales de travail »: a day from Monday to Friday that is no holiday."""
    because = holidays.closed_because(on)
    return ground("Partie VIII", "day_is_worked", because is None, on=on, because=because or NEVER)


def hour_is_worked(at: time, terms: Terms) -> Ground:
    """Part VIII, « heures normales de travail »: from 7:30 to noon and from 13:00 to 16:30, ends left out."""
    edges = [time.fromisoformat(it) for it in terms.working_hours]
    worked = any(first <= at < last for first, last in zip(edges[::2], edges[1::2], strict=True))
    return ground(
        "Partie VIII",
        "hour_is_worked",
        worked,
        terms.figure("working_hours"),
        hour=at.strftime("%H:%M"),
        hours={"fr": _hours(terms, "à"), "en": _hours(terms, "to")},
    )


@rule
def is_winter(on: date, terms: Terms) -> Decision[bool]:
    """Part VIII, « période d’hiver »: whether the day is in it."""
    return permit(when=[winter_runs(on, terms)])


def winter_runs(on: date, terms: Terms) -> Ground:
    """Part VIII, « période d’hiver »: from 1 December to 31 March, both included."""
    return ground(
        "Partie VIII",
        "winter_runs",
        in_winter(on, terms),
        terms.figure("winter_from"),
        terms.figure("winter_to"),
        on=on,
        first=terms.winter_from,
        last=terms.winter_to,
    )


def in_winter(on: date, terms: Terms) -> bool:
    """Part VIII, « période d’hiver »: whether the day is in it; the period crosses the new year."""
    today = on.strftime("%m-%d")
    return today >= terms.winter_from or today <= terms.winter_to


def _apparent_name(case: Demand) -> str:
    return "apparent_percent_large" if case.rate_class is RateClass.LARGE_POWER else "apparent_percent"


def _apparent(case: Demand, terms: Terms) -> int:
    return half_up(case.kva * int(getattr(terms, _apparent_name(case))), 100)


def _hours(terms: Terms, link: str) -> str:
    edges = terms.working_hours
    return ", ".join(f"{first} {link} {last}" for first, last in zip(edges[::2], edges[1::2], strict=True))
