"""What was staged of an old system to the accounts that the law compares: temporary tables once, then sets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from fanal.law.shadow.accounts import Account, Printed
from fanal.law.shadow.prices import PriceRow, last_day_included
from fanal.law.shadow.sides import OldBill, OldLine
from fanal.law.shadow.uses import Fitted, Reading
from fanal.records.takeover import facts as takeover
from fanal.values.dates import to_days

UNKNOWN = date(1970, 1, 1)
TABLES = {
    "shadow_bill": (
        "bills", "account, issued_on, number",
        """SELECT number, account, coalesce(type, 'BILL') AS type, issued_on, from_on, to_on,
        coalesce(tariff, '') AS tariff, coalesce(kwh, 0) AS kwh, coalesce(billed_kw, 0) AS billed_kw,
        estimated IS NOT NULL AS estimated, net, gst, qst, total,
        coalesce(corrects, '') AS corrects FROM ({rows}) AS staged""",
    ),
    "shadow_line": (
        "bill_lines", "bill",
        """SELECT bill, rank, component, from_on, to_on, coalesce(quantity, 0) AS quantity, coalesce(price, 0) AS price,
        amount FROM ({rows}) AS staged""",
    ),
    "shadow_reading": (
        "readings", "premises",
        """SELECT premises, meter, read_on, index, type, demand_kw, demand_kva, line FROM ({rows}) AS staged
        WHERE index IS NOT NULL""",
    ),
    "shadow_meter": (
        "meters", "premises",
        """SELECT premises, serial, dials, multiplier, installed_on, removed_on, installed_index, removed_index, line
        FROM ({rows}) AS staged""",
    ),
    "shadow_premises": (
        "premises", "number",
        "SELECT DISTINCT ON (number) number, dwellings, phases, round FROM ({rows}) AS staged ORDER BY number, line",
    ),
    "shadow_customer": (
        "customers", "number", "SELECT number FROM ({rows}) AS staged WHERE status = 'BANKRUPT'",
    ),
    "shadow_subscription": (
        "subscriptions", "number",
        """SELECT DISTINCT ON (number) number, customer, premises, tariff, starts_on, ends_on,
        coalesce(nature, '') AS nature,
        coalesce(quantity, 0) AS quantity FROM ({rows}) AS staged ORDER BY number, line""",
    ),
}  # fmt: skip
ACCOUNTS = """
SELECT asked.account, s.number IS NOT NULL, s.starts_on, s.ends_on, coalesce(s.tariff, ''),
    coalesce(s.nature, ''), coalesce(s.quantity, 0), s.premises,
    coalesce(p.dwellings, 1), coalesce(p.phases, 1), coalesce(p.round, ''),
    EXISTS (SELECT FROM shadow_customer c JOIN shadow_subscription before ON before.customer = c.number
        WHERE c.number = s.customer AND before.premises = s.premises AND before.number <> s.number
            AND before.ends_on = s.starts_on)
FROM unnest(%s::text[]) WITH ORDINALITY AS asked(account, place)
LEFT JOIN shadow_subscription s ON s.number = asked.account
LEFT JOIN shadow_premises p ON p.number = s.premises
ORDER BY asked.place
"""
BILLS = "SELECT * FROM shadow_bill WHERE account = ANY(%s) ORDER BY account, issued_on, number"
LINES = "SELECT * FROM shadow_line WHERE bill = ANY(%s) ORDER BY bill, rank"
READINGS = "SELECT * FROM shadow_reading WHERE premises = ANY(%s) ORDER BY premises, line"
METERS = "SELECT * FROM shadow_meter WHERE premises = ANY(%s) ORDER BY premises, installed_on NULLS FIRST, line"
CYCLES = """
SELECT DISTINCT coalesce(premises.round, '') FROM ({premises}) AS premises
JOIN ({subscriptions}) AS subscription ON subscription.premises = premises.number
WHERE subscription.ends_on IS NULL
"""
NEXT = """
SELECT account FROM (SELECT account FROM shadow_bill UNION SELECT number FROM shadow_subscription) known
WHERE account > %s ORDER BY account LIMIT %s"""


@dataclass(frozen=True, slots=True)
class Gathered:
    """An account of a set, the cycle of its place, the days on which its bills were issued."""

    account: Account
    cycle: str
    issued_on: dict[str, date]


def count_accounts(export_id: int) -> tuple[int, int]:
    """How many accounts an export has, those that have bills and no subscription too; how many bills."""
    asked = {kind: takeover.rows(kind, export_id) for kind in ("bills", "subscriptions")}
    query = """SELECT (SELECT count(*) FROM (SELECT account FROM ({bills}) AS bill
        UNION SELECT number FROM ({subscriptions}) AS subscription) known), (SELECT count(*) FROM ({bills}) AS bill)"""
    accounts, bills = next(_rows(query.format(**asked), []))
    return int(accounts), int(bills)


def cycles(export_id: int) -> list[str]:
    """The rounds that have a customer today, billed or not."""
    asked = {kind: takeover.rows(kind, export_id) for kind in ("premises", "subscriptions")}
    return sorted(cycle for (cycle,) in _rows(CYCLES.format(**asked), []))


def prepare(export_id: int) -> None:
    """Read what was staged into temporary tables of this session."""
    with connection.cursor() as cursor:
        for table, (kind, index, query) in TABLES.items():
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE {table} AS {query.format(rows=takeover.rows(kind, export_id))}")
            cursor.execute(f"CREATE INDEX ON {table} ({index})")
            cursor.execute(f"ANALYZE {table}")


def prices(export_id: int) -> list[PriceRow]:
    """The list of prices that was staged."""
    query = f"""SELECT tariff, coalesce(title, ''), starts_on, last_on, component, coalesce(unit, ''), price,
        coalesce(threshold, '') FROM ({takeover.rows("prices", export_id)}) AS staged ORDER BY line"""
    return [
        PriceRow(tariff, title, since, last_day_included(last), component, unit, Decimal(price).scaleb(-6), limit)
        for tariff, title, since, last, component, unit, price, limit in _rows(query, [])
    ]


def following(through: str, many: int) -> list[str]:
    """The next accounts after that one, in their order."""
    return [account for (account,) in _rows(NEXT, [through, many])]


def accounts(numbers: Sequence[str]) -> list[Gathered]:
    """Make the accounts of a set from the temporary tables."""
    known = list(_rows(ACCOUNTS, [list(numbers)]))
    places = [row[7] for row in known if row[7]]
    meters, readings = _meters(places), _readings(places)
    bills: dict[str, list[tuple[Any, ...]]] = {}
    for row in _rows(BILLS, [list(numbers)]):
        bills.setdefault(row[1], []).append(row)
    lines = _lines([row[0] for rows in bills.values() for row in rows])
    found = []
    for number, is_known, starts_on, ends_on, tariff, nature, units, place, dwellings, phases, cycle, after in known:
        own = bills.get(number, [])
        account = Account(
            number, _day(starts_on), nature, units, after, dwellings, phases, tuple(meters.get(place, ())),
            readings.get(place, {}), tuple(_printed(row, lines) for row in own), is_known, tariff,
            _day(ends_on) if ends_on else None,
        )  # fmt: skip
        found.append(Gathered(account, cycle, {row[0]: row[3] for row in own}))
    return found


def _printed(row: tuple[Any, ...], lines: dict[str, list[OldLine]]) -> Printed:
    number, account, kind, _, since, until, tariff, kwh, kw, estimated, net, gst, qst, total, corrects = row
    sign = -1 if kind == "CREDIT_NOTE" else 1
    own = tuple(lines[number]) if number in lines else None
    taxes = (gst, qst)
    bill = OldBill(number, account, tariff, _day(since), _day(until), kwh, kw, net, taxes, total, sign, own)
    return Printed(bill, kind, estimated, corrects)


def _lines(numbers: Sequence[str]) -> dict[str, list[OldLine]]:
    found: dict[str, list[OldLine]] = {}
    for bill, _, component, since, until, quantity, price, amount in _rows(LINES, [list(numbers)]):
        found.setdefault(bill, []).append(OldLine(component, _day(since), _day(until), quantity, price, amount))
    return found


def _meters(places: Sequence[str]) -> dict[str, list[Fitted]]:
    found: dict[str, list[Fitted]] = {}
    for place, serial, dials, multiplier, since, until, first, last, _ in _rows(METERS, [list(places)]):
        days = (to_days(since) if since else None, to_days(until) if until else None)
        found.setdefault(place, []).append(Fitted(serial, dials, multiplier, *days, first, last))
    return found


def _readings(places: Sequence[str]) -> dict[str, dict[tuple[str, int], list[Reading]]]:
    found: dict[str, dict[tuple[str, int], list[Reading]]] = {}
    for place, meter, on, index, kind, kw, kva, _ in _rows(READINGS, [list(places)]):
        found.setdefault(place, {}).setdefault((meter, to_days(on)), []).append(Reading(index, kind, kw, kva))
    return found


def _day(day: date | None) -> int:
    return to_days(day or UNKNOWN)


def _rows(query: str, parameters: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        yield from cursor.fetchall()
