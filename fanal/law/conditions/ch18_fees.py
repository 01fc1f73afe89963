"""Chapitre 18, Frais et prix: the figures of table I-A that other chapters apply."""

from dataclasses import dataclass

from fanal.law.in_force import DatedTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """Table I-A, line by line; cents. The administration fee's rate is in millionths: 12000 is 1.20 %."""

    subscription_fee_cents: int
    intervention_fee_meter_cents: int
    intervention_fee_network_cents: int
    owner_intervention_fee_cents: int
    useless_trip_fee_cents: int
    inaccessible_meter_fee_cents: int
    reading_fee_cents: int
    installation_fee_cents: int
    inspection_fee_cents: int
    returned_payment_fee_cents: int
    owner_energizing_fee_cents: int
    meter_inspection_fee_cents: int
    administration_fee_millionths: int
    administration_fee_charged: str  # once | monthly
