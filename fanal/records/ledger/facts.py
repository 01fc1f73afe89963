"""What the customer sub-ledger says: balances, statements, trial balance. Amounts are cents; a debit is owed to us."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from django.db import connection

from fanal.records.ledger.models import Account, Closing, EntryKind
from fanal.values.check_digit import luhn_digit, luhn_holds

__all__ = ["EntryKind"]

LAST_DAY = date.max


class Chart(IntEnum):
    """The accounts that the rooms post to by themselves; revenue accounts come from the tariff books."""

    CASH = 1010
    RECEIVABLE = 1200
    DEPOSITS = 2410
    TAKEOVER = 3900
    DEPOSIT_INTEREST = 5310


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAccount:
    """A customer account."""

    id: int
    number: str
    opened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLine:
    """A general ledger account with what was debited and credited through a day."""

    code: int
    name: str
    debit_cents: int
    credit_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One entry on a customer's account: what it adds to what is owed, and what is owed after it."""

    on: date
    kind: EntryKind
    source: int
    amount_cents: int
    balance_cents: int


def account_number(account_id: int) -> str:
    """Numéro de compte: nine digits from the id, then their Luhn digit."""
    digits = f"{account_id:09d}"
    return digits + luhn_digit(digits)


def account_digits(number: str) -> str:
    """The digits of an account number typed with or without spaces and dashes; none when its last digit is wrong."""
    digits = "".join(number.split()).replace("-", "")
    return digits if digits.isascii() and digits.isdigit() and luhn_holds(digits) else ""


def account_numbered(number: str) -> KnownAccount | None:
    """The account of that number; None when there is none."""
    if not (digits := account_digits(number)):
        return None
    found = Account.objects.filter(number=digits).first()
    return KnownAccount(id=found.pk, number=found.number, opened_on=found.opened_on) if found else None


def accounts(ids: Sequence[int]) -> dict[int, KnownAccount]:
    """Those accounts by id; an unknown id is absent."""
    found = Account.objects.filter(pk__in=list(ids))
    return {it.pk: KnownAccount(id=it.pk, number=it.number, opened_on=it.opened_on) for it in found}


def balance(account_id: int, as_of: date = LAST_DAY) -> int:
    """What the account owes at the end of that day, in cents; negative when we owe."""
    return balances([account_id], as_of)[account_id]


def balances(account_ids: Sequence[int], as_of: date = LAST_DAY) -> dict[int, int]:
    """What each of those accounts owes at the end of that day, in cents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, sum(debit_cents - credit_cents)::bigint FROM ledger_posting "
            "WHERE account_id = ANY(%s) AND ledger_account_id = %s AND on_date <= %s GROUP BY account_id",
            [list(account_ids), Chart.RECEIVABLE.value, as_of],
        )
        return dict.fromkeys(account_ids, 0) | dict(cursor.fetchall())


def trial_balance(on: date = LAST_DAY) -> list[TrialLine]:
    """Balance de vérification: every account of the chart with its totals through that day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.code, c.name, coalesce(p.debit, 0)::bigint, coalesce(p.credit, 0)::bigint "
            "FROM ledger_ledgeraccount c LEFT JOIN ("
            "SELECT ledger_account_id, sum(debit_cents) AS debit, sum(credit_cents) AS credit FROM ledger_posting "
            "WHERE on_date <= %s GROUP BY ledger_account_id) p ON p.ledger_account_id = c.code ORDER BY c.code",
            [on],
        )
        return [
            TrialLine(code=code, name=name, debit_cents=debit, credit_cents=credit)
            for code, name, debit, credit in cursor.fetchall()
        ]


def statement(account_id: int) -> list[StatementLine]:
    """Relevé de compte: the entries of an account, oldest first, with the balance after each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT on_date, kind, source, amount, sum(amount) OVER (ORDER BY on_date, kind, source)::bigint FROM ("
            "SELECT on_date, kind, source, sum(debit_cents - credit_cents)::bigint AS amount FROM ledger_posting "
            "WHERE account_id = %s AND ledger_account_id = %s GROUP BY on_date, kind, source) entry "
            "ORDER BY on_date, kind, source",
            [account_id, Chart.RECEIVABLE.value],
        )
        return [
            StatementLine(on=on, kind=EntryKind(kind), source=source, amount_cents=amount, balance_cents=after)
            for on, kind, source, amount, after in cursor.fetchall()
        ]


def closed_through() -> date | None:
    """The last day of the last closed period."""
    return Closing.objects.order_by("-through_on").values_list("through_on", flat=True).first()
