"""What the books ask of a subscription: households, tax exemptions, the bank of kWh of net metering. All dated."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction

from fanal.law.tariffs.shelf import catalogue
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.subscriptions.models import EnergyBank, Households, Subscription, TaxExemption
from fanal.values.energy import format_quantity, parse_quantity
from fanal.values.refusal import Fact, Fault, Refused, refuse
from fanal.values.wording import Lang

COUNT_MAX = 1_000_000
EXEMPTION: Mapping[Lang, str] = {"fr": "L’exonération", "en": "The exemption"}
BANK: Mapping[Lang, str] = {"fr": "La banque de kWh", "en": "The bank of kWh"}
ENDED = "Ce jour n’est pas de l’abonnement {id}, qui court du {first} au {last} exclu."
EXEMPT_TWICE = "Cet abonnement est déjà exonéré de cette taxe une partie de ces jours."
BANKED_TWICE = "Cet abonnement a déjà une banque de kWh une partie de ces jours : y mettre fin d’abord."


@transaction.atomic
def say_households(*, subscription_id: int, count: int, starts_on: date, by: str, on: date) -> None:
    """Inscrire le nombre de ménages from a day on; the bill whose last day is that one or a later one follows it."""
    subscription = _open(subscription_id, starts_on)
    if not 1 <= count <= COUNT_MAX:
        raise refuse("Le nombre de ménages se tient entre 1 et {most}.", field="count", most=COUNT_MAX)
    Households.objects.create(subscription=subscription, count=count, starts_on=starts_on)
    grounds = {"count": count, "starts_on": starts_on.isoformat()}
    journal.record("say_households", about=f"subscription:{subscription_id}", by=by, on=on, grounds=grounds)


@transaction.atomic
def exempt_from_tax(
    *, subscription_id: int, tax: str, certificate: str, starts_on: date, by: str, on: date, ends_on: date | None = None
) -> int:
    """Exonérer d’une taxe over [starts_on, ends_on), by its certificate: the id of the exemption."""
    subscription = _open(subscription_id, starts_on)
    if tax not in catalogue("tax"):
        raise refuse(
            "La taxe « {tax} » est inconnue : {known}.", field="tax", tax=tax, known=", ".join(catalogue("tax"))
        )
    if not certificate.strip():
        raise refuse("Une exonération demande le numéro de son certificat.", field="certificate")
    _refuse_empty(starts_on, ends_on, EXEMPTION)
    with saying({"one_exemption_per_tax_and_day": EXEMPT_TWICE}):
        made = TaxExemption.objects.create(
            subscription=subscription, tax=tax, certificate=certificate.strip(), starts_on=starts_on, ends_on=ends_on
        )
    grounds = {"tax": tax, "certificate": certificate.strip(), "starts_on": starts_on.isoformat(),
               "ends_on": ends_on and ends_on.isoformat()}  # fmt: skip
    journal.record("exempt_from_tax", about=f"subscription:{subscription_id}", by=by, on=on, grounds=grounds)
    return made.pk


@transaction.atomic
def open_bank(
    *,
    subscription_id: int,
    starts_on: date,
    by: str,
    on: date,
    opening_kwh: Decimal | int | str = 0,
    ends_on: date | None = None,
) -> int:
    """Ouvrir une banque de kWh, with what is brought to it and the day it stops: its id."""
    subscription = _open(subscription_id, starts_on)
    try:
        opening = parse_quantity(opening_kwh)
    except Fault as fault:
        raise fault.refused(field="opening_kwh") from None
    if opening < 0:
        raise refuse("Une banque de kWh ne s’ouvre pas sous zéro.", field="opening_kwh")
    _refuse_empty(starts_on, ends_on, BANK)
    with saying({"one_energy_bank_per_day": BANKED_TWICE}):
        made = EnergyBank.objects.create(
            subscription=subscription, opening_kwh=opening, starts_on=starts_on, ends_on=ends_on
        )
    grounds = {"opening_kwh": format_quantity(opening), "starts_on": starts_on.isoformat(),
               "ends_on": ends_on and ends_on.isoformat()}  # fmt: skip
    journal.record("open_bank", about=f"subscription:{subscription_id}", by=by, on=on, grounds=grounds)
    return made.pk


@transaction.atomic
def end_exemption(*, exemption_id: int, ends_on: date, by: str, on: date) -> None:
    """Mettre fin à une exonération: the first day without it."""
    found = TaxExemption.objects.select_for_update().filter(pk=exemption_id).first()
    if found is None:
        raise refuse("L’exonération {id} n’existe pas.", field="exemption_id", id=str(exemption_id))
    _end(found, ends_on, EXEMPTION)
    grounds = {"tax": found.tax, "ends_on": ends_on.isoformat()}
    journal.record("end_exemption", about=f"subscription:{found.subscription_id}", by=by, on=on, grounds=grounds)


@transaction.atomic
def end_bank(*, bank_id: int, ends_on: date, by: str, on: date) -> None:
    """Mettre fin à une banque de kWh: the bill that reaches that day credits what is left in it."""
    found = EnergyBank.objects.select_for_update().filter(pk=bank_id).first()
    if found is None:
        raise refuse("La banque de kWh {id} n’existe pas.", field="bank_id", id=str(bank_id))
    _end(found, ends_on, BANK)
    grounds = {"ends_on": ends_on.isoformat()}
    journal.record("end_bank", about=f"subscription:{found.subscription_id}", by=by, on=on, grounds=grounds)


def _end(found: TaxExemption | EnergyBank, ends_on: date, what: Mapping[Lang, str]) -> None:
    if found.ends_on is not None:
        raise refuse("{what} a déjà une fin, le {ends_on}.", field="ends_on", what=what, ends_on=found.ends_on)
    _refuse_empty(found.starts_on, ends_on, what)
    found.ends_on = ends_on
    found.save(update_fields=["ends_on"])


def _open(subscription_id: int, starts_on: date) -> Subscription:
    """The subscription, locked, that runs that day."""
    found = Subscription.objects.select_for_update(no_key=True).filter(pk=subscription_id).first()
    if found is None:
        raise refuse("L’abonnement {id} n’existe pas.", field="subscription_id", id=str(subscription_id))
    if starts_on < found.starts_on or (found.ends_on is not None and starts_on >= found.ends_on):
        raise _outside(found)
    return found


def _outside(found: Subscription) -> Refused:
    of: dict[str, Fact] = {"id": str(found.pk), "first": found.starts_on}
    if found.ends_on is None:
        return refuse("Ce jour n’est pas de l’abonnement {id}, qui court du {first}.", field="starts_on", **of)
    return refuse(ENDED, field="starts_on", last=found.ends_on, **of)


def _refuse_empty(starts_on: date, ends_on: date | None, what: Mapping[Lang, str]) -> None:
    if ends_on is not None and ends_on <= starts_on:
        raise refuse("{what} finit avant d’avoir duré un jour.", field="ends_on", what=what)
