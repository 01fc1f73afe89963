"""Chapitre 6, article 6.3.1, Intérêts sur le dépôt: by exact days, at the rate set each 1 April."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from fanal.law.decision import Decision, Ground, ground
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.dates import add_months
from fanal.values.money import half_up

MILLION = 1_000_000
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The yearly rate in millionths (12000 is 1.20 %), and the days of the year of 6.3.1, written MM-DD."""

    interest_millionths: int
    rate_year_from: str
    pay_before: str


@facts
class HeldFor:
    """A deposit held over some days [from_on, to_on), of one year of rates: 1 April to 31 March."""

    deposit_cents: Annotated[int, Field(ge=0)]
    from_on: date
    to_on: date
    refunded: bool = False  # given back on to_on

    @property
    def figures_on(self) -> date:
        """The rate is the one set on the 1 April before."""
        return self.from_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Intérêts, in cents, and the last day to pay them."""

    amount_cents: int
    pay_by: date


@rule
def deposit_interest(case: HeldFor, terms: Terms) -> Decision[Interest | None]:
    """6.3.1: simple interest by exact days, computed at 31 March and paid before 1 June, or with the refund."""
    starts_on, ends_on = _rate_year(case.from_on, terms)
    one = one_rate_covers_the_days(case, starts_on, ends_on)
    if not one.holds:
        return Decision(outcome=None, grounds=(one,), obstacles=(one,))
    days, year_days = (case.to_on - case.from_on).days, (ends_on - starts_on).days
    amount = half_up(case.deposit_cents * terms.interest_millionths * days, MILLION * year_days)
    earned = interest_is_earned(case, amount, year_days, terms)
    paid = interest_is_paid_with_the_deposit(case, ends_on, terms)
    pay_by = case.to_on if case.refunded else _pay_by(ends_on, terms)
    return Decision(outcome=Interest(amount_cents=amount, pay_by=pay_by), grounds=(one, earned, paid))


def one_rate_covers_the_days(case: HeldFor, starts_on: date, ends_on: date) -> Ground:
    """6.3.1: the days lie in one year of rates, from a 1 April to the next; others are reckoned apart."""
    covered = case.from_on <= case.to_on <= ends_on
    return ground(
        "6.3.1",
        "one_rate_covers_the_days",
        covered,
        from_on=case.from_on,
        to_on=case.to_on,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def interest_is_earned(case: HeldFor, amount: int, year_days: int, terms: Terms) -> Ground:
    """6.3.1: the deposit, times the rate, times the days held, over the days of that year; rounded once."""
    return ground(
        "6.3.1",
        "interest_is_earned",
        amount > 0,
        terms.figure("interest_millionths"),
        deposit=case.deposit_cents,
        rate=terms.interest_millionths,
        days=(case.to_on - case.from_on).days,
        year_days=year_days,
        amount=amount,
    )


def interest_is_paid_with_the_deposit(case: HeldFor, ends_on: date, terms: Terms) -> Ground:
    """6.3.1: interest is paid with the deposit given back (6.5), else before 1 June."""
    return ground(
        "6.3.1",
        "interest_is_paid_with_the_deposit",
        case.refunded,
        terms.figure("pay_before"),
        to_on=case.to_on,
        pay_by=_pay_by(ends_on, terms),
    )


def _rate_year(on: date, terms: Terms) -> tuple[date, date]:
    """The year of rates [1 April, next 1 April) in which the day is."""
    first = date.fromisoformat(f"{on.year:04}-{terms.rate_year_from}")
    starts_on = first if on >= first else add_months(first, -12)
    return starts_on, add_months(starts_on, 12)


def _pay_by(ends_on: date, terms: Terms) -> date:
    return date.fromisoformat(f"{ends_on.year:04}-{terms.pay_before}") - ONE_DAY
