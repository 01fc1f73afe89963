"""From approved bills to the rows of their issue: numbers, due dates, claims on the days, postings, delivery orders.

Pure columns, like `draft`; `acts.issue_chunk` reads what this needs and COPYs what it gives.
"""

from datetime import date

import numpy as np

from fanal.law.conditions import ch04_billing
from fanal.law.conditions.ch04_billing import Measured
from fanal.law.delays import Holidays
from fanal.records.billing.models import BillKind
from fanal.records.columns import Columns
from fanal.records.ledger.acts import Chart, EntryKind
from fanal.records.notices.acts import Channel, SubjectKind

ACCOUNT_CODES = 2**15  # more than the codes of a chart of accounts, which are small integers


def issues(ready: Columns, *, first_number: int, on: date, terms: ch04_billing.Terms, closed: Holidays) -> Columns:
    """Number the bills and date their payment: by 4.3.1, and by 4.2.2 for one that comes late."""
    count = len(ready["bill_id"])
    issued_on = np.full(count, np.datetime64(on, "D"))
    days = issued_on.astype(np.int32)
    due = ch04_billing.due_dates(days, terms, closed)
    measured = np.where(ready["flat_rate"], Measured.FLAT_RATE, Measured.ENERGY)
    late = ch04_billing.late_bills(days, ready["previous_on"].astype(np.int32), measured, ready["power"], terms)
    second = np.where(late & (ready["total_cents"] > 0), ch04_billing.due_dates(due, terms, closed), due)
    return {
        "account_id": ready["account_id"],
        "bill_id": ready["bill_id"],
        "number": first_number + np.arange(count, dtype=np.int64),
        "issued_on": issued_on,
        "due_on": due.astype("datetime64[D]"),
        "second_due_on": second.astype("datetime64[D]"),
    }


def claims(ready: Columns, on: date) -> Columns:
    """The days that the bills bill from now on; a credit note claims none."""
    bills = ready["kind"] == BillKind.BILL
    names = ("account_id", "bill_id", "delivery_point_id", "subscription_id", "from_on", "to_on")
    claimed = {name: ready[name][bills] for name in names}
    return claimed | {"issued_on": np.full(int(bills.sum()), np.datetime64(on, "D"))}


def postings(ready: Columns, lines: Columns, on: date) -> Columns:
    """The customer owes the total; each line goes to its charge's account: revenue by book, and each tax."""
    place = np.searchsorted(ready["bill_id"], lines["bill_id"])
    place = np.minimum(place, len(ready["bill_id"]) - 1)
    mine = ready["bill_id"][place] == lines["bill_id"]
    entries, of_line = np.unique(place[mine] * ACCOUNT_CODES + lines["ledger_account_id"][mine], return_inverse=True)
    credited = np.zeros(len(entries), np.int64)
    np.add.at(credited, of_line, lines["amount_cents"][mine])
    bill = np.concatenate([np.arange(len(ready["bill_id"])), entries // ACCOUNT_CODES])
    account = np.concatenate([np.full(len(ready["bill_id"]), Chart.RECEIVABLE), entries % ACCOUNT_CODES])
    cents = np.concatenate([ready["total_cents"], -credited])
    order = np.flatnonzero(cents)
    order = order[np.lexsort((account[order], bill[order]))]
    bill, account, cents = bill[order], account[order], cents[order]
    per_bill = np.bincount(bill, minlength=len(ready["bill_id"]))
    rank = np.arange(len(bill)) - (np.cumsum(per_bill) - per_bill)[bill]
    notes = ready["kind"][bill] == BillKind.CREDIT_NOTE
    return {
        "account_id": ready["account_id"][bill],
        "kind": np.where(notes, EntryKind.CREDIT_NOTE, EntryKind.BILL).astype(np.int16),
        "source": ready["bill_id"][bill],
        "line": (rank + 1).astype(np.int16),
        "on_date": np.full(len(bill), np.datetime64(on, "D")),
        "ledger_account_id": account.astype(np.int16),
        "debit_cents": np.maximum(cents, 0),
        "credit_cents": np.maximum(-cents, 0),
    }


def deliveries(ready: Columns, on: date) -> Columns:
    """By e-mail where the first holder gave an address and consented (art. 10.2), else by post."""
    notes = ready["kind"] == BillKind.CREDIT_NOTE
    return {
        "account_id": ready["account_id"],
        "subject_kind": np.where(notes, SubjectKind.CREDIT_NOTE, SubjectKind.BILL).astype(np.int16),
        "subject": ready["bill_id"],
        "channel": np.where(ready["by_email"], Channel.EMAIL, Channel.POST).astype(np.int16),
        "queued_on": np.full(len(notes), np.datetime64(on, "D")),
    }
