"""GEN-30, Compteurs à prépaiement: what is bought, when a period turns, what is kept, whether enough is delivered."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fanal.law.decision import Decision, Ground, ground, permit
from fanal.law.in_force import DatedTerms
from fanal.law.rules import facts, rule
from fanal.values.money import PRICE_SCALE, QUANTITY_SCALE, half_up

Amount = Annotated[int, Field(ge=0)]
CENTS = 100
MILLION = 1_000_000


class Mode(StrEnum):
    """What turns a prepayment meter on and off (5.1)."""

    ENERGY_BY_PRICE = "ENERGY_BY_PRICE"  # a total price and a rate make a fixed quantity
    ENERGY = "ENERGY"  # a quantity of energy
    MONEY = "MONEY"  # a credit in money, without a rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """The limit of error of what is supplied, in millionths of the true quantity."""

    supply_error_millionths: int


@facts
class Credit:
    """What a prepayment puts in the meter's control."""

    in_energy: bool
    with_a_rate: bool = False  # the price paid is joined to a rate when it is bought


@facts
class Event:
    """What happens to a prepayment account."""

    fixed_energy_bought: bool = False
    rates_changed: bool = False
    readings_reconciled: bool = False  # repair, exchange of a meter, closing of the account


@facts
class RateRecord:
    """What is kept of one rate: energy in 1/1000 kWh, charges in cents."""

    rate_kept: bool
    energy_kwh: Amount | None = None
    charges_cents: Amount | None = None


@facts
class Records:
    """The records of a billing period, rate by rate."""

    by_rate: Annotated[tuple[RateRecord, ...], Field(min_length=1)]


@facts
class Sale:
    """A sale by prepayment: energy in 1/1000 kWh, the price of a kWh in millionths of a dollar."""

    mode: Mode
    delivered_kwh: Amount
    shown_kwh: Amount | None = None  # told to the customer when it was bought
    recorded_kwh: Amount | None = None  # in the supplier's record of the transaction
    total_cents: Amount | None = None
    fixed_cents: Amount = 0  # fixed charges within the total
    price: Annotated[int, Field(gt=0)] | None = None


@rule
def prepayment_mode(case: Credit) -> Decision[Mode]:
    """GEN-30 5.1: a quantity of energy, a price joined to a rate, or a credit in money."""
    energy, rate = credit_is_in_energy(case), price_is_joined_to_a_rate(case)
    mode = Mode.ENERGY if energy.holds else Mode.ENERGY_BY_PRICE if rate.holds else Mode.MONEY
    return Decision(outcome=mode, grounds=(energy, rate))


def credit_is_in_energy(case: Credit) -> Ground:
    """GEN-30 5.1: the credit put in the meter is a quantity of energy."""
    return ground("GEN-30 5.1", "credit_is_in_energy", case.in_energy)


def price_is_joined_to_a_rate(case: Credit) -> Ground:
    """GEN-30 5.1: the price paid is joined to a rate, so that the quantity is fixed when it is bought."""
    return ground("GEN-30 5.1", "price_is_joined_to_a_rate", case.with_a_rate)


@rule
def billing_period_turns(case: Event) -> Decision[bool]:
    """GEN-30 4.3.3: a billing period ends and another begins by an event, not by the time that energy lasts."""
    grounds = fixed_energy_is_bought(case), rates_have_changed(case), readings_are_reconciled(case)
    turns = any(it.holds for it in grounds)
    return Decision(outcome=turns, grounds=grounds, obstacles=() if turns else grounds)


def fixed_energy_is_bought(case: Event) -> Ground:
    """GEN-30 4.3.3: a quantity of energy is bought at a cost set beforehand."""
    return ground("GEN-30 4.3.3", "fixed_energy_is_bought", case.fixed_energy_bought)


def rates_have_changed(case: Event) -> Ground:
    """GEN-30 4.3.3: new rates apply: plain, by time of use, or by season."""
    return ground("GEN-30 4.3.3", "rates_have_changed", case.rates_changed)


def readings_are_reconciled(case: Event) -> Ground:
    """GEN-30 4.3.3: the supplier reconciles the readings: a repair, an exchange of meter, a closed account."""
    return ground("GEN-30 4.3.3", "readings_are_reconciled", case.readings_reconciled)


@rule
def claimed_energy(case: Sale) -> Decision[int | None]:
    """GEN-30 4.3.2: the energy that the supplier claims to deliver, in 1/1000 kWh; none when nothing tells it."""
    told, known = purchase_tells_the_energy(case), claimed_energy_is_known(case)
    return Decision(outcome=_claimed(case), grounds=(told, known), obstacles=() if known.holds else (known,))


def purchase_tells_the_energy(case: Sale) -> Ground:
    """GEN-30 4.3.2: what was told when it was bought is the energy claimed; of a money credit, the record is."""
    return ground("GEN-30 4.3.2", "purchase_tells_the_energy", case.mode is not Mode.MONEY)


def claimed_energy_is_known(case: Sale) -> Ground:
    """GEN-30 4.3.2: the quantity shown, the price and the rate, or the record of the transaction, gives it."""
    claimed = _claimed(case)
    return ground("GEN-30 4.3.2", "claimed_energy_is_known", claimed is not None, energy=claimed)


@rule
def enough_energy_is_delivered(case: Sale, terms: Terms) -> Decision[bool]:
    """GEN-30 4.3.2: no less than claimed (33 k i), nor than is paid for (33 k ii), within the limit of error."""
    return permit(when=[claimed_energy_is_known(case), claim_is_honoured(case, terms), price_is_honoured(case, terms)])


def claim_is_honoured(case: Sale, terms: Terms) -> Ground:
    """GEN-30 4.3.2: the energy delivered is not less than claimed, but for the error permitted."""
    lacking, figure = _lacking(case, _claimed(case)), terms.figure("supply_error_millionths")
    within = _within(case, lacking, terms)
    return ground("GEN-30 4.3.2", "claim_is_honoured", within, figure, delivered=case.delivered_kwh, lacking=lacking)


def price_is_honoured(case: Sale, terms: Terms) -> Ground:
    """GEN-30 4.3.2: the energy delivered is not less than the price and the rate make, but for the error."""
    lacking, figure = _lacking(case, _paid_for(case)), terms.figure("supply_error_millionths")
    within = _within(case, lacking, terms)
    return ground("GEN-30 4.3.2", "price_is_honoured", within, figure, delivered=case.delivered_kwh, lacking=lacking)


@rule
def prepayment_records_suffice(case: Records) -> Decision[bool]:
    """GEN-30 5.2: for each rate, the rate itself, and either the energy used or all that was charged for it."""
    rates, energy, charges = rates_are_kept(case), energy_is_kept(case), charges_are_kept(case)
    missing = (() if rates.holds else (rates,)) + (() if energy.holds or charges.holds else (energy, charges))
    return Decision(outcome=not missing, grounds=(rates, energy, charges), obstacles=missing)


def rates_are_kept(case: Records) -> Ground:
    """GEN-30 5.2: the plain, time of use or seasonal rate that was applied is kept."""
    return ground("GEN-30 5.2", "rates_are_kept", all(it.rate_kept for it in case.by_rate), rates=len(case.by_rate))


def energy_is_kept(case: Records) -> Ground:
    """GEN-30 5.2: the energy used at each rate is kept."""
    return ground("GEN-30 5.2", "energy_is_kept", all(it.energy_kwh is not None for it in case.by_rate))


def charges_are_kept(case: Records) -> Ground:
    """GEN-30 5.2: all that was charged for the energy used at each rate is kept."""
    return ground("GEN-30 5.2", "charges_are_kept", all(it.charges_cents is not None for it in case.by_rate))


def _paid_for(case: Sale) -> int | None:
    """What the price paid buys at the rate stated, in 1/1000 kWh."""
    if case.total_cents is None or case.price is None:
        return None
    cents = max(0, case.total_cents - case.fixed_cents)
    return half_up(cents * PRICE_SCALE * QUANTITY_SCALE, CENTS * case.price)


def _claimed(case: Sale) -> int | None:
    if case.mode is Mode.MONEY:
        return case.recorded_kwh
    return case.shown_kwh if case.mode is Mode.ENERGY else _paid_for(case)


def _lacking(case: Sale, wanted: int | None) -> int:
    """What lacks of the energy wanted; nothing, of what nothing tells."""
    return max(0, (wanted or 0) - case.delivered_kwh)


def _within(case: Sale, lacking: int, terms: Terms) -> bool:
    """Whether what lacks stays within the limit of error, a share of what was truly supplied."""
    return lacking * MILLION <= case.delivered_kwh * terms.supply_error_millionths
