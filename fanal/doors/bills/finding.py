"""Find a bill by what people call it: its number, or « lot:abonnement » while it is not issued."""

import re

from fanal.records.billing import facts
from fanal.reports.bill_story import bill_ids_numbered

NUMBER = re.compile(r"(\d{4})-(\d{1,9})", re.ASCII)
COMPUTED = re.compile(r"(\d{1,9}):(\d{1,9})", re.ASCII)


class NoSuchBill(LookupError):
    """No bill is called so; the message is a French sentence."""


def bill_id_named(name: str) -> int:
    """The id of a bill called 2026-000318 or 12:4566. Raises NoSuchBill."""
    if match := NUMBER.fullmatch(name.strip()):
        number = int(match[1]) * 10**9 + int(match[2])
        if bill_id := bill_ids_numbered([number]).get(number):
            return bill_id
        raise NoSuchBill(f"Aucune facture émise ne porte le numéro {name.strip()}.")
    if match := COMPUTED.fullmatch(name.strip()):
        run_id, subscription_id = int(match[1]), int(match[2])
        if facts.run(run_id) is None:
            raise NoSuchBill(f"Le lot {run_id} n’existe pas.")
        if (bill := facts.computed_bill(run_id, subscription_id)) is None:
            raise NoSuchBill(f"Le lot {run_id} n’a pas de facture pour l’abonnement {subscription_id}.")
        return int(bill.id)
    raise NoSuchBill(f"« {name} » n’est ni un numéro de facture comme 2026-000318, ni un lot:abonnement comme 12:4566.")
