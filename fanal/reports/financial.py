"""États financiers: what the sub-ledger says as a whole. Amounts are cents; a debit is owed to us.

Periods are half-open [starts_on, ends_on); « on » is the end of that day. One SQL each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, TypeVar

from django.db import connection

from fanal.records.billing import after_plan
from fanal.records.elsewhere.promises import Apart, apart, going_on
from fanal.records.ledger.facts import LAST_DAY, Chart, TrialLine, trial_balance

__all__ = ["LAST_DAY", "TrialLine", "trial_balance"]

_Row = TypeVar("_Row")
OLDEST_FIRST = ("days_over_90", "days_61_90", "days_31_60", "days_1_30", "not_due")


@dataclass(frozen=True, slots=True)
class Receivable:
    """What one customer account owes; negative when we owe."""

    account_id: int
    number: str
    balance_cents: int


@dataclass(frozen=True, slots=True)
class AgedAccount:
    """The balance of one customer account by days past due; `credit_cents` (≤ 0) is what no bill has taken yet.

    `spread_cents` is what instalments that are kept pay: it calls for no reminder, whatever the due dates.
    """

    account_id: int
    number: str
    not_due_cents: int
    days_1_30_cents: int
    days_31_60_cents: int
    days_61_90_cents: int
    days_over_90_cents: int
    credit_cents: int
    balance_cents: int
    spread_cents: int = 0


@dataclass(frozen=True, slots=True)
class BookRevenue:
    """What was billed at one tariff; kWh in thousandths, estimates taken back and credit notes deducted."""

    book: str
    bills: int
    credit_notes: int
    kwh: int
    net_cents: int
    tax_cents: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class TaxAccount:
    """A tax account over a period: what it held, what was collected and given back, what is to be remitted."""

    code: int
    name: str
    opening_cents: int
    collected_cents: int
    given_back_cents: int
    closing_cents: int


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One side of a journal entry; of debit and credit one is zero."""

    code: int
    name: str
    debit_cents: int
    credit_cents: int


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """The month's total of one kind of event, for the municipality's general ledger. Balanced."""

    on: date
    kind: int  # ledger.EntryKind
    lines: tuple[JournalLine, ...]


BILL_ASKED_ON = after_plan.asked_on("i", "said")
OPENED_ASKED_ON = after_plan.opened_asked_on("o")
# What each event left open on its account: a bill less what was allocated to it, a credit less what was allocated of
# it. A bill paid in two (art. 4.2.2) ages half by half; what was allocated pays the first half first.
# All that moved is summed at once, a bill under its id and a receipt under its id negated: one pass over the years.
# The few events left open then look for their due dates one by one, which LIMIT makes the planner do; what a plan paid
# until it ended has one day, that of the bill that asks for it.
OPEN_PARTS = f"""
    WITH opened AS (
        SELECT m.account_id, item, coalesce(i.asked_on, i.due_on, {OPENED_ASKED_ON}, o.due_on) AS due_on,
            CASE WHEN i.asked_on IS NULL THEN i.second_due_on END AS second_due_on,
            coalesce(i.total_cents, m.cents) AS asked, m.cents
        FROM (
            SELECT account_id, item, sum(cents)::bigint AS cents FROM (
                SELECT account_id, CASE WHEN kind IN (1, 2, 5, 6, 7) THEN source ELSE -source END AS item,
                    debit_cents - credit_cents AS cents, kind
                FROM ledger_posting WHERE ledger_account_id = {Chart.RECEIVABLE.value} AND on_date <= %(on)s
                UNION ALL
                SELECT account_id, bill_id, -amount_cents, NULL FROM payments_allocation WHERE on_date <= %(on)s
                UNION ALL
                SELECT account_id, credit_bill_id - receipt_id, amount_cents, NULL
                FROM payments_allocation WHERE on_date <= %(on)s
                ORDER BY account_id, item  -- half the time of a hash of as many groups as bills
            ) moved GROUP BY account_id, item HAVING sum(cents) <> 0 AND count(kind) > 0  -- what has an entry
        ) m
        LEFT JOIN LATERAL (
            SELECT i.due_on, i.second_due_on, b.total_cents, {BILL_ASKED_ON} AS asked_on FROM billing_issue i
            JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
            LEFT JOIN billing_paymentmode said ON (said.account_id, said.bill_id) = (i.account_id, i.bill_id)
            WHERE i.account_id = m.account_id AND i.bill_id = m.item LIMIT 1
        ) i ON item > 0
        LEFT JOIN elsewhere_opening o ON i.due_on IS NULL AND o.id = item  -- owed when Fanal took over
    ), parts AS (
        SELECT account_id, asked < 0 OR item < 0 AS is_credit, due_on,
            CASE WHEN second_due_on > due_on THEN greatest(cents - (asked - div(asked, 2)), 0) ELSE cents END AS cents
        FROM opened
        UNION ALL
        SELECT account_id, false, second_due_on, least(cents, asked - div(asked, 2))
        FROM opened WHERE second_due_on > due_on AND asked > 0
    )
"""
AGED = (
    OPEN_PARTS
    + """
    SELECT account_id,
        coalesce(sum(cents) FILTER (WHERE NOT is_credit AND due_on >= %(on)s), 0)::bigint AS not_due_cents,
        coalesce(sum(cents) FILTER (WHERE NOT is_credit AND %(on)s - due_on BETWEEN 1 AND 30), 0)::bigint
            AS days_1_30_cents,
        coalesce(sum(cents) FILTER (WHERE NOT is_credit AND %(on)s - due_on BETWEEN 31 AND 60), 0)::bigint
            AS days_31_60_cents,
        coalesce(sum(cents) FILTER (WHERE NOT is_credit AND %(on)s - due_on BETWEEN 61 AND 90), 0)::bigint
            AS days_61_90_cents,
        coalesce(sum(cents) FILTER (WHERE NOT is_credit AND %(on)s - due_on > 90), 0)::bigint AS days_over_90_cents,
        coalesce(sum(cents) FILTER (WHERE is_credit), 0)::bigint AS credit_cents,
        sum(cents)::bigint AS balance_cents
    FROM parts WHERE cents <> 0 GROUP BY account_id
"""
)

# One entry a month and kind of event, dated the last day of the month that is in the period.
TOTALS = """
    SELECT least(date_trunc('month', on_date)::date + interval '1 month', %(ends_on)s)::date - 1 AS on_date, kind,
        ledger_account_id, sum(debit_cents)::bigint AS debit_cents, sum(credit_cents)::bigint AS credit_cents
    FROM ledger_posting WHERE on_date >= %(starts_on)s AND on_date < %(ends_on)s
    GROUP BY 1, 2, 3
"""


def receivables(on: date = LAST_DAY) -> list[Receivable]:
    """Comptes à recevoir: the accounts with a balance at the end of that day, by number."""
    query = """
        SELECT a.id, a.number, sum(p.debit_cents - p.credit_cents)::bigint
        FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE p.ledger_account_id = %(receivable)s AND p.on_date <= %(on)s
        GROUP BY a.id, a.number HAVING sum(p.debit_cents - p.credit_cents) <> 0 ORDER BY a.number"""
    return _rows(Receivable, query, {"on": on, "receivable": Chart.RECEIVABLE.value})


def aged_balance(on: date) -> list[AgedAccount]:
    """Âge des comptes: the accounts with something open, by number; the buckets sum to the balance (I22)."""
    query = f"""
        SELECT g.account_id, a.number, not_due_cents, days_1_30_cents, days_31_60_cents, days_61_90_cents,
            days_over_90_cents, credit_cents, balance_cents
        FROM ({AGED}) g JOIN ledger_account a ON a.id = g.account_id ORDER BY a.number"""
    found = _rows(AgedAccount, query, {"on": on})
    promised = {account_id: told for account_id, them in going_on(on).items() if (told := apart(them, on))}
    return [_spread(it, promised[it.account_id]) if it.account_id in promised else it for it in found]


def _spread(aged: AgedAccount, told: Apart) -> AgedAccount:
    """The same account with what its instalments pay moved out of the days past due, the oldest first."""
    names = [f"{it}_cents" for it in OLDEST_FIRST]
    cents = [getattr(aged, it) for it in names]
    left = covered = told.covers(sum(cents))
    moved = {}
    for name, owed in zip(names, cents, strict=True):
        taken = min(owed, left)
        moved[name], left = owed - taken, left - taken
    return replace(aged, **moved, spread_cents=covered)


def revenue_by_book(starts_on: date, ends_on: date) -> list[BookRevenue]:
    """Revenus par tarif: what was issued in the period, by tariff book."""
    query = """
        SELECT k.code, count(*) FILTER (WHERE b.kind = 0), count(*) FILTER (WHERE b.kind = 1),
            sum(CASE WHEN b.kind = 1 THEN -(r.kwh - coalesce(rs.kwh, 0)) ELSE b.kwh - coalesce(s.kwh, 0) END)::bigint,
            sum(b.net_cents)::bigint, sum(b.tax_cents)::bigint, sum(b.total_cents)::bigint
        FROM billing_issue i
        JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
        JOIN billing_book k ON k.id = b.book_id
        LEFT JOIN billing_bill s ON b.settles_id <> 0 AND s.account_id = b.account_id AND s.id = b.settles_id
        LEFT JOIN billing_bill r ON b.reverses_id <> 0 AND r.account_id = b.account_id AND r.id = b.reverses_id
        LEFT JOIN billing_bill rs ON r.settles_id <> 0 AND rs.account_id = r.account_id AND rs.id = r.settles_id
        WHERE i.issued_on >= %(starts_on)s AND i.issued_on < %(ends_on)s
        GROUP BY k.code ORDER BY k.code"""
    return _rows(BookRevenue, query, {"starts_on": starts_on, "ends_on": ends_on})


def taxes(starts_on: date, ends_on: date) -> list[TaxAccount]:
    """Comptes de TPS et de TVQ over the period; which accounts they are is said by the charges that tax."""
    query = """
        SELECT a.code, a.name,
            coalesce(sum(p.credit_cents - p.debit_cents) FILTER (WHERE p.on_date < %(starts_on)s), 0)::bigint,
            coalesce(sum(p.credit_cents) FILTER (WHERE p.on_date >= %(starts_on)s), 0)::bigint,
            coalesce(sum(p.debit_cents) FILTER (WHERE p.on_date >= %(starts_on)s), 0)::bigint,
            coalesce(sum(p.credit_cents - p.debit_cents), 0)::bigint
        FROM ledger_ledgeraccount a
        LEFT JOIN ledger_posting p ON p.ledger_account_id = a.code AND p.on_date < %(ends_on)s
        WHERE a.code IN (SELECT ledger_account_id FROM billing_charge WHERE is_tax)
        GROUP BY a.code, a.name ORDER BY a.code"""
    return _rows(TaxAccount, query, {"starts_on": starts_on, "ends_on": ends_on})


def period_totals(starts_on: date, ends_on: date) -> list[JournalEntry]:
    """Écritures de totalisation: the ledger of the period, one balanced entry a month and kind of event."""
    query = f"""
        SELECT on_date, totals.kind, code, name, debit_cents, credit_cents
        FROM ({TOTALS}) totals JOIN ledger_ledgeraccount a ON a.code = totals.ledger_account_id
        ORDER BY on_date, totals.kind, code"""
    with connection.cursor() as cursor:
        cursor.execute(query, {"starts_on": starts_on, "ends_on": ends_on})
        rows = cursor.fetchall()
    return [
        JournalEntry(on, kind, tuple(side for row in lines for side in _sides(*row[2:])))
        for (on, kind), lines in groupby(rows, key=lambda row: row[:2])
    ]


def _sides(code: int, name: str, debit_cents: int, credit_cents: int) -> list[JournalLine]:
    """The debit, then the credit, of one account; a side of nothing is left out."""
    sides = (JournalLine(code, name, debit_cents, 0), JournalLine(code, name, 0, credit_cents))
    return [side for side in sides if side.debit_cents or side.credit_cents]


def _rows(kind: type[_Row], query: str, parameters: Mapping[str, Any]) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [kind(*row) for row in cursor.fetchall()]
