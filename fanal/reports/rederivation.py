"""I24: every stored bill, rated again by the kernel from its stored inputs, gives its stored lines to the cent.

The book is the one kept with the bill, never today's file. Columns in ranges of bill ids, with which the keys begin,
never bill by bill. A credit note is not rated: it takes its bill back line by line, which I7 verifies.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.rate import rate
from fanal.law.tariffs.taxes import taxes_on
from fanal.records.billing.gather import SUBSCRIPTION_FEE
from fanal.records.columns import Columns, read
from fanal.reports import quantities

TITLE_FR = "Toute facture recalculée de ses intrants conservés redonne ses lignes et ses totaux au cent près"
TITLE_EN = "Each bill rated again from its stored inputs gives its lines and totals to the cent"
CHUNK = 100_000  # bills read at once
ONE = 1000  # the quantity of a fee, in thousandths
MONEY_BASE = 10  # the quantity of a tax line: thousandths of a dollar in a cent

BILLS = f"""
SELECT b.account_id, b.id, b.book_id, b.kind, b.rated_from_on, b.to_on, b.kwh, b.kw, b.kva, b.past_kw, b.billing_kw,
    b.multiplier, b.phases, b.units, b.rated_cents, b.net_cents, b.tax_cents, b.total_cents,
    b.settles_id <> 0, coalesce(s.to_on, b.rated_from_on), coalesce(s.kwh, 0), coalesce(s.rated_cents, 0),
    b.held AND NOT EXISTS (SELECT FROM billing_line l WHERE l.account_id = b.account_id AND l.bill_id = b.id),
    CASE WHEN b.kind = 0 AND b.previous_id = 0
        THEN {SUBSCRIPTION_FEE.format(subscription="b.subscription_id")} ELSE 0 END
FROM billing_bill b
LEFT JOIN billing_bill s ON b.settles_id <> 0 AND s.account_id = b.account_id AND s.id = b.settles_id
WHERE b.id > %(after)s AND b.id <= %(upto)s ORDER BY b.id, b.account_id
"""
BILL_KINDS = {
    "account_id": "int64", "id": "int64", "book_id": "int16", "kind": "int16", "rated_from_on": "datetime64[D]",
    "to_on": "datetime64[D]", "kwh": "int64", "kw": "int64", "kva": "int64", "past_kw": "int64",
    "billing_kw": "int64", "multiplier": "int16", "phases": "int16", "units": "int32", "rated_cents": "int64",
    "net_cents": "int64", "tax_cents": "int64", "total_cents": "int64", "settles": "bool",
    "settled_to_on": "datetime64[D]", "settled_kwh": "int64", "settled_cents": "int64", "refused": "bool",
    "fee_cents": "int64",
}  # fmt: skip
LINES = """
SELECT account_id, bill_id, charge_id, from_on, to_on, days, quantity, amount_cents FROM billing_line
WHERE bill_id > %(after)s AND bill_id <= %(upto)s
"""
LINE_KINDS = {
    "account_id": "int64", "bill_id": "int64", "charge_id": "int32", "from_on": "datetime64[D]",
    "to_on": "datetime64[D]", "days": "int16", "quantity": "int64", "amount_cents": "int64",
}  # fmt: skip
EDGES = """
SELECT max(id) FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS chunk FROM billing_bill) numbered
GROUP BY chunk ORDER BY 1
"""
SUMS = ("rated_cents", "net_cents", "tax_cents", "billing_kw", "bank_left")
COMPARED = ("bill", "charge_id", "start", "end", "days", "quantity", "amount")


@dataclass(frozen=True, slots=True)
class KeptBook:
    """A book as a bill was rated with it, and the ids of the rows that its lines name."""

    tariff: Book
    charge_ids: np.ndarray
    tax_charge_ids: np.ndarray
    credit_charge_id: int
    fee_charge_id: int


def differences(shown: int) -> tuple[list[dict[str, Any]], int]:
    """The first bills that do not re-derive, with what differs, and how many there are."""
    found: list[dict[str, Any]] = []
    count = 0
    with connection.cursor() as cursor:
        books = _books(cursor)
        for bills, lines in _chunks(cursor):
            for fault, places in _compare(books, bills, lines):
                count += len(places)
                keys = zip(bills["account_id"][places].tolist(), bills["id"][places].tolist(), strict=True)
                found += [{"fault": fault, "account_id": account, "bill_id": bill} for account, bill in keys]
                del found[shown:]
    return found, count


def _books(cursor: Any) -> dict[int, KeptBook]:
    """Every kept content; one that no longer answers to its digest is left out, so that its bills differ."""
    cursor.execute(
        "SELECT b.id, b.digest, b.content::text, array_agg(c.id ORDER BY c.position) FILTER (WHERE NOT c.is_tax), "
        "array_agg(c.id ORDER BY c.position) FILTER (WHERE c.is_tax) "
        "FROM billing_book b JOIN billing_charge c ON c.book_id = b.id GROUP BY b.id"
    )
    books = {}
    for id, digest, content, charges, taxes in cursor.fetchall():
        tariff = Book.model_validate_json(content)
        if tariff.digest == digest:
            *own, credit, fee = charges
            taxed = np.array(taxes or [], np.int32)
            books[id] = KeptBook(tariff, np.array(own, np.int32), taxed, credit, fee)
    return books


def _chunks(cursor: Any) -> Iterator[tuple[Columns, Columns]]:
    """Bills and their lines, a range of ids at a time."""
    cursor.execute(EDGES, [CHUNK])
    after = -1
    for (upto,) in cursor.fetchall():
        reach = {"after": after, "upto": upto}
        bills = read(cursor, BILLS, BILL_KINDS, reach)
        yield bills | quantities.kept(cursor, bills["id"])[0], read(cursor, LINES, LINE_KINDS, reach)
        after = upto


def _compare(books: dict[int, KeptBook], bills: Columns, lines: Columns) -> Iterator[tuple[str, np.ndarray]]:
    """The places of the bills that differ, by what differs; a bill is named once."""
    sound = np.zeros(len(bills["id"]), bool)
    sums = {name: np.zeros(len(sound), np.int64) for name in SUMS if name in bills}
    parts = []
    rated_again = (bills["kind"] == 0) & ~bills["refused"]
    for id, book in books.items():
        of_book = bills["book_id"] == id
        sound |= of_book
        if len(at := np.flatnonzero(of_book & rated_again)):
            parts.append(_derive(book, bills, at, sums))
    differs = np.zeros(len(sound), bool)
    for name, column in sums.items():
        differs |= rated_again & (column != bills[name])
    differs |= bills["net_cents"] + bills["tax_cents"] != bills["total_cents"]
    differs |= bills["refused"] & (bills["total_cents"] != 0)
    sound |= bills["refused"]
    yield "no_such_book", np.flatnonzero(~sound)
    yield "totals_differ", np.flatnonzero(differs & sound)
    stored, known = _placed(bills, lines)
    kept = rated_again[stored["bill"]] & known
    lines_differ = _unlike({name: column[kept] for name, column in stored.items()}, parts, len(sound))
    yield "lines_differ", np.flatnonzero(lines_differ & sound & ~differs)


def _derive(book: KeptBook, bills: Columns, at: np.ndarray, sums: Columns) -> Columns:
    """Rate those bills again: fill their sums, return their lines as compared columns."""
    start, end = (bills[name][at].astype(np.int64) for name in ("rated_from_on", "to_on"))
    given = quantities.given(book.tariff, bills, at)
    rated = rate(book.tariff, start, end, given)
    credit, settles = bills["settled_cents"][at], bills["settles"][at]
    fee = bills["fee_cents"][at]
    net, again = rated.net - credit + fee, (credit != 0) | (fee != 0)
    tax = taxes_on(book.tariff, net, end - 1, given.exempt)[0] if again.any() else rated.tax
    tax = np.where(again[:, None], tax, rated.tax)
    sums["rated_cents"][at], sums["net_cents"][at] = rated.net, net
    sums["tax_cents"][at], sums["billing_kw"][at] = tax.sum(axis=1), rated.billing_kw
    if "bank_left" in sums:
        sums["bank_left"][at] = rated.bank_kwh
    charge_id = book.charge_ids[rated.charge]
    own = (at[rated.bill], charge_id, rated.start, rated.end, rated.days, rated.quantity, rated.amount)
    until = bills["settled_to_on"][at].astype(np.int64)[settles]
    since = start[settles]
    credited = (
        at[settles], np.full(len(since), book.credit_charge_id), since, until, until - since,
        -bills["settled_kwh"][at][settles], -credit[settles],
    )  # fmt: skip
    charged = np.flatnonzero(fee)
    charge = (
        at[charged], np.full(len(charged), book.fee_charge_id), start[charged], end[charged],
        end[charged] - start[charged], np.full(len(charged), ONE), fee[charged],
    )  # fmt: skip
    taxed = [
        (at, np.full(len(at), charge_id), start, end, end - start, net * MONEY_BASE, tax[:, position])
        for position, charge_id in enumerate(book.tax_charge_ids)
    ]
    columns = zip(own, credited, charge, *taxed, strict=True)
    return {name: np.concatenate(parts).astype(np.int64) for name, parts in zip(COMPARED, columns, strict=True)}


def _placed(bills: Columns, lines: Columns) -> tuple[Columns, np.ndarray]:
    """The stored lines with the place of their bill, and whether that bill exists."""
    last = len(bills["id"]) - 1  # bills come in the order of their ids, and an id is unique by itself
    place = np.minimum(np.searchsorted(bills["id"], lines["bill_id"]), last)
    columns = (place, lines["charge_id"], lines["from_on"], lines["to_on"], lines["days"], lines["quantity"])
    named = zip(COMPARED, (*columns, lines["amount_cents"]), strict=True)
    known = (bills["id"][place] == lines["bill_id"]) & (bills["account_id"][place] == lines["account_id"])
    return {name: column.astype(np.int64) for name, column in named}, known


def _unlike(stored: Columns, parts: list[Columns], count: int) -> np.ndarray:
    """Which bills have a line on one side that the other lacks: all lines are sorted, and twins fall together."""
    sides = [stored, *parts]
    columns = [np.concatenate([side[name] for side in sides]) for name in COMPARED]
    sign = np.concatenate([np.full(len(side["bill"]), 1 if side is stored else -1) for side in sides])
    order = np.lexsort(columns[::-1])
    columns, sign = [column[order] for column in columns], sign[order]
    unlike = np.zeros(count, bool)
    if len(sign):
        fresh = np.ones(len(sign), bool)
        fresh[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
        first = np.flatnonzero(fresh)
        unlike[columns[0][first[np.add.reduceat(sign, first) != 0]]] = True
    return unlike
