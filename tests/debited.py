"""A house whose bank account is debited, taken over from an old system, for tests; and what its batch is made by."""

from datetime import date
from functools import partial
from typing import Any

import promised
from factories import CLERK, make_account, make_place, make_subscription

from fanal.records.elsewhere import acts as elsewhere
from fanal.records.elsewhere import facts as cycles
from fanal.records.payments import debits as acts
from fanal.reports import debits as report
from fanal.reports.debits import Window
from tests.records.test_elsewhere import BILL, ENDED_ON, hand_over, keep, open_with

ON, DUE_ON = date(2026, 2, 2), date(2026, 2, 12)
TOLD_ON = date(2026, 1, 22)  # by the bill of the old system
WINDOW = Window(days_ahead=2, days_at_most=35)
FEBRUARY: dict[str, Any] = {"from_on": date(2026, 2, 1), "to_on": date(2026, 3, 1), "again": False}
OWED = 11_498


def indebted(told_on: date = TOLD_ON, **subscribed: Any) -> int:
    """A house taken over, whose cycle is ours, that owes 114,98 $ on 12 February as a bill told that day."""
    account_id = make_account()
    subscription_id = make_subscription(point=make_place().point, account_id=account_id, **subscribed)
    keep("bills", account_id=account_id, subscription_id=subscription_id, **(BILL | {"issued_on": told_on}))
    hand_over(subscription_id, account_id, ENDED_ON)
    if not all(it.ours for it in cycles.cycles()):
        elsewhere.switch_cycles(cycles=[1], **CLERK)
    open_with(account_id, OWED, DUE_ON)
    return account_id


def house(told_on: date = TOLD_ON, bank_account: str = "4477518", **subscribed: Any) -> int:
    """The same, debited: its account."""
    account_id = indebted(told_on, **subscribed)
    promised.debit(account_id, bank_account)
    return account_id


def looked(on: date = ON, **days: Any) -> Any:
    """What falls due and is debited, as an act looks at it."""
    asked = FEBRUARY | days
    return lambda batch_id: report.due(on, asked["from_on"], asked["to_on"], again=asked["again"], window=WINDOW,
                                       batch_id=batch_id)  # fmt: skip


def prepared(on: date = ON, by: str = "theodule", **days: Any) -> int:
    """A batch of what falls due in February."""
    return acts.prepare_debits(**(FEBRUARY | days), look=looked(on, **days), by=by, on=on)


def written(number: int, rows: Any) -> bytes:
    """A file of a bank of this test: a line a debit."""
    said = [f"{number:04d}", *(f"{it.reference} {due.bank.account} {it.cents}" for it, due in rows)]
    return "\n".join(said).encode()


def released(batch_id: int, on: date = ON, by: str = "maude", write: Any = written, **days: Any) -> int:
    """That batch, released by another person: the number of its file."""
    return acts.release_debits(batch_id=batch_id, look=looked(on, **days), write=write, by=by, on=on)


settled = partial(acts.settle_debits, by="theodule")


def back(reference: str, code: int = 901, on: date = date(2026, 2, 14), cents: int = OWED) -> acts.NewDebitReturn:
    """A debit that the bank sent back."""
    return acts.NewDebitReturn(reference=reference, cents=cents, returned_on=on, code=code, reason="sans provision")
