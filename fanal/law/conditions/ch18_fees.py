"""Chapitre 18, Frais et prix: the figures of table I-A that other chapters apply."""

from dataclasses import dataclass

from fanal.law.in_force import DatedTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(DatedTerms):
    """Table I-A, lines 9 and 12. The fee's rate is in millionths: 12000 is 1.20 %."""

    administration_fee_millionths: int
    administration_fee_charged: str  # once | monthly
    returned_payment_fee_cents: int
