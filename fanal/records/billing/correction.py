"""From a wrong bill to what a person is shown before it is corrected. Writes nothing, like `issue`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from django.conf import settings

from fanal.law.conditions import ch04_corrections
from fanal.law.conditions.ch04_corrections import BillChange, Cause, Change, CorrectionCase
from fanal.law.decision import Decision
from fanal.law.in_force import in_force
from fanal.records.billing import facts
from fanal.values import wording
from fanal.values.refusal import Refused, in_each, refuse
from fanal.values.wording import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyWrong:
    """Why bills are corrected, as article 4.5 asks."""

    cause: Cause
    reason: str
    reported_on: date  # by the customer, or found by us
    period_known: bool = True
    customer_knew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a correction would do, and how far back article 4.5 lets it go."""

    bills: list[facts.BillAgain]
    period: Decision[date | None]

    @property
    def difference_cents(self) -> int:
        """What the customer would owe more, or less below zero."""
        return sum(it.difference_cents for it in self.bills)

    @property
    def changes(self) -> bool:
        """Whether any of the bills would be another."""
        return any(it.changes for it in self.bills)


def period(bills: list[facts.BillAgain], why: WhyWrong, on: date) -> Decision[date | None]:
    """How far back article 4.5 lets it go; without limit where it only adjusts estimates (4.1.2)."""
    difference_cents = sum(it.difference_cents for it in bills)
    adjusts = all(it.adjusts_estimate for it in bills if it.changes) and any(it.changes for it in bills)
    change = BillChange(change=Change.ESTIMATE_ADJUSTED if adjusts else Change.ERROR, difference_cents=difference_cents)
    asked = ch04_corrections.change_is_a_correction(change)
    if not asked.outcome:
        return Decision(outcome=None, grounds=asked.grounds)
    case = CorrectionCase(
        cause=why.cause, difference_cents=difference_cents, reported_on=why.reported_on,
        first_from=bills[0].from_on, first_to=bills[0].to_on, period_known=why.period_known,
        customer_knew=why.customer_knew, power_billed=any(it.power_billed for it in bills),
        power_measured=any(it.power_measured for it in bills),
    )  # fmt: skip
    terms = in_force(ch04_corrections.Terms, settings.FANAL_BYLAW, "ch04_corrections", on=on)
    limits = ch04_corrections.corrected_since(case, terms)
    return replace(limits, grounds=(*limits.grounds, *asked.grounds))


def moved(shown: list[facts.BillAgain], now: list[facts.BillAgain]) -> Refused:
    """What differs between what was shown and what would be done: the two amounts."""
    then, today = (sum(it.difference_cents for it in bills) for bills in (shown, now))
    if then != today:
        return refuse(
            "Quelque chose a bougé : la proposition montrait un écart de {then}, il serait maintenant de {now}. "
            "Refuser cette proposition et la refaire.",
            then=_money(then), now=_money(today),
        )  # fmt: skip
    before, after = next((pair for pair in zip(shown, now, strict=False) if pair[0] != pair[1]), (shown[0], now[0]))
    return refuse(
        "Quelque chose a bougé : pour la facture {number}, la proposition montrait {then}, ce serait maintenant {now}, "
        "avec d’autres mesures ou d’autres retenues. Refuser cette proposition et la refaire.",
        number=facts.bill_number(before.number), then=_money(before.new_cents), now=_money(after.new_cents),
    )  # fmt: skip


def _money(cents: int) -> Mapping[Lang, str]:
    return in_each(partial(wording.money, cents))
