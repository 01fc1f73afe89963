"""Pay the interest of deposits and give deposits back, then let the credit pay what the account owes."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction

from fanal.records.elsewhere import deposits
from fanal.records.elsewhere.deposits import Return
from fanal.records.payments import acts as payments

__all__ = ["Return"]


@transaction.atomic
def pay_interest(*, by: str, on: date, accounts: Collection[int] | None = None) -> list[int]:
    """The accounts credited with the interest of the years that ended (6.3.1)."""
    credited = deposits.pay_interest(by=by, on=on, accounts=accounts)
    if credited:
        payments.allocate(account_ids=credited, by=by, on=on)
    return credited


@transaction.atomic
def give_back(*, asked: Sequence[Return], by: str, on: date) -> None:
    """Deposits go back to their accounts, whole, with their interest (6.4, 6.5). Refused as `return_deposits`."""
    credited = deposits.return_deposits(asked=asked, by=by, on=on)
    payments.allocate(account_ids=credited, by=by, on=on)
