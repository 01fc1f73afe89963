"""How a bill is paid, said on the day it is issued: by equal payments (4.4), an arrangement, a preauthorized debit."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from fanal.records.billing.models import BillKind, PaymentMode, Plan
from fanal.records.columns import Columns
from fanal.records.elsewhere import promises
from fanal.records.elsewhere.promises import Promise

NAMES = (
    "account_id", "bill_id", "plan", "instalment_cents", "month_day", "every_days", "next_on", "left_cents", "debited",
    "account_ends",
)  # fmt: skip


def keep(cursor: Any, ready: Columns, *, on: date) -> int:
    """Keep how those bills are paid, in the caller's transaction; how many say so. A credit note asks for nothing."""
    bills = ready["kind"] == BillKind.BILL
    ids = dict(zip(ready["bill_id"][bills].tolist(), ready["account_id"][bills].tolist(), strict=True))
    going_on = promises.going_on(on, set(ids.values()))
    made = [mode for bill_id, account_id in ids.items()
            for mode in _modes(account_id, bill_id, going_on.get(account_id, ()), on)]  # fmt: skip
    with cursor.copy(f"COPY billing_paymentmode ({', '.join(NAMES)}) FROM STDIN") as copy:
        for mode in made:
            copy.write_row([getattr(mode, name) for name in NAMES])
    return len(made)


def _modes(account_id: int, bill_id: int, going_on: Iterable[Promise], on: date) -> Iterator[PaymentMode]:
    """How one bill is paid: one mode, or none."""
    paid = promises.paid(going_on, on)  # instalments that are not kept pay nothing: the bill asks for all
    mode = PaymentMode(
        account_id=account_id, bill_id=bill_id, plan=Plan.NONE, debited=paid.debit is not None,
        account_ends=paid.debit.account_ends if paid.debit else "",
    )  # fmt: skip
    told = paid.apart
    if told and (told.standing.next or told.cents):  # a plan without any to come ends before this bill is due
        terms, upcoming = told.promise.schedule, told.standing.next
        assert terms is not None
        mode.plan, mode.instalment_cents = told.promise.kind, upcoming.cents if upcoming else told.promise.cents
        mode.month_day, mode.every_days = terms.day, terms.every_days
        mode.next_on = upcoming.due_on if upcoming else None
        mode.left_cents = told.cents or 0
    if mode.plan or mode.debited:
        yield mode
