"""What an archive says of itself: the bills to print, the balance of each account, the totals to be redone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from fanal.records.ledger.facts import Chart
from fanal.records.tables import KEPT_ROWS

ISSUED = "SELECT bill_id, number FROM billing_issue WHERE issued_on >= %s ORDER BY number"
BALANCES = """
SELECT a.id AS account_id, a.number, coalesce(sum(p.debit_cents - p.credit_cents), 0)::bigint AS balance_cents
FROM ledger_account a LEFT JOIN ledger_posting p ON p.account_id = a.id AND p.ledger_account_id = %s
GROUP BY a.id ORDER BY a.id
"""
OF_LEDGER = """
SELECT ledger_account_id, sum(debit_cents)::bigint, sum(credit_cents)::bigint FROM ledger_posting
GROUP BY ledger_account_id ORDER BY ledger_account_id
"""
OF_BILLS = """
SELECT count(*), coalesce(sum(b.total_cents), 0)::bigint FROM billing_issue i
JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
"""
LAST_EVENT = f"""
SELECT id, recorded_at, on_date FROM journal_event WHERE {KEPT_ROWS["journal_event"]} ORDER BY id DESC LIMIT 1
"""
BOOKS = "SELECT id, code, digest, content FROM billing_book ORDER BY id"


@dataclass(frozen=True, slots=True)
class IssuedBill:
    """A bill to print, and its number: year × 1,000,000,000 + rank."""

    id: int
    number: int


def issued_since(day: date) -> list[IssuedBill]:
    """The bills and credit notes issued that day or later, in the order of their numbers."""
    return [IssuedBill(*row) for row in _rows(ISSUED, [day])]


def balances() -> Iterator[tuple[int, str, int]]:
    """Account, number and what it owes in cents, for each customer account."""
    yield from _rows(BALANCES, [Chart.RECEIVABLE])


def totals() -> dict[str, Any]:
    """How many bills were issued, for how much, and what each account of the ledger received; in cents."""
    ((count, cents),) = _rows(OF_BILLS)
    ledger = [{"account": str(code), "debit_cents": debit, "credit_cents": credit}
              for code, debit, credit in _rows(OF_LEDGER)]  # fmt: skip
    return {"bills_issued": count, "bills_cents": cents, "ledger": ledger}


def last_event() -> dict[str, Any] | None:
    """The last thing that was done: an archive is of that moment."""
    found = list(_rows(LAST_EVENT))
    return {"id": found[0][0], "recorded_at": found[0][1].isoformat(), "on": found[0][2].isoformat()} if found else None


def books() -> Iterator[tuple[int, str, str, Any]]:
    """Each content of a book that a bill was rated with: id, code, digest, content."""
    yield from _rows(BOOKS)


def _rows(query: str, parameters: Any = ()) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(parameters) or None)
        yield from cursor.fetchall()
