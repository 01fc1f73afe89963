"""A rehearsal (répétition d'un tarif): bills already issued, rated again under a proposed book. Nothing is written.

The consumption is that of the live bills that end in a window, as they were issued; both books meet the very same days
and quantities, in one pass of the kernel each. A chain of estimates counts once, by the bill that ends it. Every amount
is before taxes.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection

from fanal.law.explain import LANGUAGES
from fanal.law.metering import registers
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.inputs import Refusal
from fanal.law.tariffs.rate import Rated, rate
from fanal.records.columns import Columns, read
from fanal.reports import quantities
from fanal.reports.who import ADDRESS, NAME
from fanal.values.wording import Lang

KNOWN = "known."
CHUNK = 200_000  # bills read at once
SWINGS_SHOWN = 20
DECILES = 10
DAYS_A_YEAR = 365
Progress = Callable[[int], None]
HEATINGS = ("ELECTRIC", "DUAL", "OTHER")  # the place of one is its code in the columns

COUNT = """
SELECT count(*) FROM billing_billeddays d JOIN billing_bill b ON b.id = d.bill_id AND b.account_id = d.account_id
WHERE b.id >= (SELECT min(id)::bigint << 33 FROM billing_run WHERE on_date > %(from_on)s)
    AND b.to_on > %(from_on)s AND b.to_on <= %(to_on)s
    AND b.book_id = ANY(ARRAY(SELECT id FROM billing_book WHERE code = ANY(%(codes)s)))
"""
# From the last ids to the first: the bill that ends a chain of estimates comes before those that it settles.
EDGES = """
SELECT min(id), max(id) FROM (
    SELECT id, (row_number() OVER (ORDER BY id DESC) - 1) / %(chunk)s AS chunk FROM billing_bill
    WHERE id >= (SELECT min(id)::bigint << 33 FROM billing_run WHERE on_date > %(from_on)s)
) numbered GROUP BY chunk ORDER BY 1 DESC
"""
BILLS = """
SELECT b.id, b.subscription_id, b.book_id, b.rated_from_on, b.to_on, b.kwh, b.kw, b.kva, b.past_kw, b.multiplier,
    b.phases, b.units, b.rated_cents, b.settles_id
FROM billing_bill b JOIN billing_billeddays d ON d.bill_id = b.id AND d.account_id = b.account_id
WHERE {which} AND b.to_on > %(from_on)s AND b.to_on <= %(to_on)s AND b.book_id = ANY(%(books)s)
"""
BY_IDS = BILLS.format(which="b.id BETWEEN %(low)s AND %(high)s")
BY_SUBSCRIPTION = BILLS.format(which="d.subscription_id = %(subscription)s")
BILL_KINDS = {
    "id": "int64", "subscription_id": "int64", "book_id": "int16", "rated_from_on": "datetime64[D]",
    "to_on": "datetime64[D]", "kwh": "int64", "kw": "int64", "kva": "int64", "past_kw": "int64",
    "multiplier": "int16", "phases": "int16", "units": "int32", "rated_cents": "int64", "settles_id": "int64",
}  # fmt: skip
PLACES = """
SELECT s.id, array_position(%(heatings)s, p.heating)::smallint - 1::smallint
FROM subscriptions_subscription s JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
JOIN premises_premises p ON p.id = d.premises_id ORDER BY s.id
"""
PLACE_KINDS = {"subscription_id": "int64", "heating": "int16"}
CUSTOMERS = f"""
SELECT s.id, a.number, coalesce({NAME}, ''),
    {ADDRESS}
FROM subscriptions_subscription s
JOIN ledger_account a ON a.id = s.account_id
JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
JOIN premises_premises p ON p.id = d.premises_id
LEFT JOIN subscriptions_subscriptionholder h ON h.subscription_id = s.id AND h.rank = 1
LEFT JOIN customers_customer c ON c.id = h.customer_id
WHERE s.id = ANY(%s)
"""
OF_ACCOUNT = """
SELECT DISTINCT d.subscription_id FROM ledger_account a
JOIN billing_billeddays d ON d.account_id = a.id
JOIN billing_bill b ON b.id = d.bill_id AND b.account_id = d.account_id
WHERE a.number = %(number)s AND b.to_on > %(from_on)s AND b.to_on <= %(to_on)s
    AND b.book_id = ANY(ARRAY(SELECT id FROM billing_book WHERE code = ANY(%(codes)s)))
ORDER BY d.subscription_id
"""
SUMS = ("days", "kwh", "issued", "current", "proposed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Customers taken together: how many, their kWh (thousandths) and what they pay a year ago and as proposed.

    `key` is (book, heating) for a class; for a decile, the least and the most kWh a year of its customers.
    """

    key: tuple[Any, ...]
    customers: int
    winners: int
    losers: int
    kwh: int
    current_cents: int
    proposed_cents: int

    @property
    def change_cents(self) -> int:
        """What the proposal adds, or takes away."""
        return self.proposed_cents - self.current_cents


@dataclass(frozen=True, slots=True)
class Customer:
    """Whose subscription it is, and where."""

    account: str
    customer: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """A customer whose bills would change much."""

    subscription_id: int
    account: str
    customer: str
    address: str
    book: str
    kwh: int
    current_cents: int
    proposed_cents: int

    @property
    def change_cents(self) -> int:
        """What the proposal adds, or takes away."""
        return self.proposed_cents - self.current_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Bills set aside for one reason, and the reason in both languages."""

    fr: str
    en: str
    bills: int

    def said(self, lang: Lang) -> str:
        """The reason."""
        return self.en if lang == "en" else self.fr


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The outcome: `issued_cents` is what the bills said, `current_cents` the same days at the prices compared with.

    `refused` counts, by reason, the bills that one of the books cannot rate; they are left out of all sums.
    """

    code: str
    digest: str
    replaced: tuple[str, ...]
    from_on: date
    to_on: date
    dated: bool
    bills: int
    refused: tuple[Refused, ...]
    issued_cents: int
    total: Group
    classes: tuple[Group, ...]
    deciles: tuple[Group, ...]
    swings: tuple[Swing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One period of one customer under one book: the kernel's answer, of one bill."""

    from_on: date
    to_on: date
    kwh: int
    kw: int
    rated: Rated
    multiplier: int = 1
    households: int = 1

    def times(self, charge: Charge) -> int:
        """What multiplies the limit of a block: dwellings, households, or the 1/1000 kW billed."""
        if charge.times == "kw":
            return int(self.rated.billing_kw[0])
        return self.households if charge.times == "households" else self.multiplier


def rehearse(
    candidate: Book, *, current: Mapping[str, Book], from_on: date, to_on: date, dated: bool = False,
    progress: Progress | None = None,
) -> Rehearsal:  # fmt: skip
    """Rate under `candidate` the bills that end in (from_on, to_on] of the books that it would replace.

    `current` gives, by code, the books to compare with. Prices are compared version against version: the candidate's
    last one and the one in force the day before `to_on`, each as if it had always been in force (NoPrice for a book
    without a price that day); with `dated`, each day has the price of its date, for a change that looks back.
    `progress` is told the bills read since the last time.
    """
    sides, proposed = _compared(candidate, current, to_on, dated)
    refused: Counter[tuple[str, str]] = Counter()
    with connection.cursor() as cursor:
        codes = _codes(cursor, tuple(current))
        all_customers = _Customers(cursor, sorted(set(codes.values())), codes)
        for bills in _bills(cursor, list(codes), from_on, to_on):
            read_now = len(bills["id"])
            all_customers.add(_both(bills, {id: sides[code] for id, code in codes.items()}, proposed, refused))
            if progress:
                progress(read_now)
        billed = all_customers.billed()
        swings = _swings(cursor, billed)
    aside = tuple(Refused(fr=fr, en=en, bills=count) for (fr, en), count in refused.most_common())
    return Rehearsal(
        code=candidate.code, digest=candidate.digest, replaced=tuple(current), from_on=from_on, to_on=to_on,
        dated=dated, bills=all_customers.bills, refused=aside,
        issued_cents=int(billed["issued"].sum()), total=_group((), billed, slice(None)),
        classes=_classes(billed), deciles=_deciles(billed), swings=swings,
    )  # fmt: skip


def _compared(candidate: Book, current: Mapping[str, Book], to_on: date, dated: bool) -> tuple[dict[str, Book], Book]:
    """The books compared with, and the candidate, at the prices to compare; NoPrice for one without a price."""
    if dated:
        return dict(current), candidate
    last_on = to_on - timedelta(days=1)
    return {code: book.always(last_on) for code, book in current.items()}, candidate.always()


def bills_to_read(codes: tuple[str, ...], *, from_on: date, to_on: date) -> int:
    """How many live bills of those books end in the window: what `progress` counts to."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"codes": list(codes), "from_on": from_on, "to_on": to_on})
        return int(cursor.fetchone()[0])


def plain(found: Rehearsal) -> dict[str, Any]:
    """The outcome as JSON values: cents, thousandths of kWh, days as text."""
    return asdict(found) | {"from_on": found.from_on.isoformat(), "to_on": found.to_on.isoformat()}


def recalled(kept: Mapping[str, Any]) -> Rehearsal:
    """The outcome that `plain` made, read back from JSON."""
    groups = {name: tuple(_regrouped(it) for it in kept[name]) for name in ("classes", "deciles")}
    days = {name: date.fromisoformat(kept[name]) for name in ("from_on", "to_on")}
    return Rehearsal(**dict(kept) | groups | days | {
        "replaced": tuple(kept["replaced"]), "total": _regrouped(kept["total"]),
        "swings": tuple(Swing(**it) for it in kept["swings"]),
        "refused": tuple(Refused(**it) for it in kept["refused"]),
    })  # fmt: skip


def _regrouped(kept: Mapping[str, Any]) -> Group:
    return Group(**dict(kept) | {"key": tuple(kept["key"])})


def side_by_side(
    subscription_id: int, books: Mapping[str, Book], *, from_on: date, to_on: date, codes: tuple[str, ...]
) -> dict[str, list[Side]]:
    """One customer's bills of the window, billed by the books `codes`, under each of `books`; oldest first."""
    with connection.cursor() as cursor:
        given = {"from_on": from_on, "to_on": to_on, "books": list(_codes(cursor, codes)),
                 "subscription": subscription_id}  # fmt: skip
        bills = _kept(cursor, _unsettled(read(cursor, BY_SUBSCRIPTION, BILL_KINDS, given), np.zeros(0, np.int64)))
    found: dict[str, list[Side]] = {name: [] for name in books}
    for at in np.argsort(bills["to_on"]):
        one = {name: column[at : at + 1] for name, column in bills.items()}
        for name, book in books.items():
            side = Side(from_on=one["rated_from_on"][0].item(), to_on=one["to_on"][0].item(), kwh=int(one["kwh"][0]),
                        kw=int(one["kw"][0]), rated=_rate(book, one), multiplier=int(one["multiplier"][0]),
                        households=int(one["households"][0]) if "households" in one else 1)  # fmt: skip
            found[name].append(side)
    return found


def under_both(
    subscription_id: int, candidate: Book, current: Mapping[str, Book], *, from_on: date, to_on: date, dated: bool
) -> list[list[Side]]:
    """One customer's bills of the window, oldest first: under the book that billed each, then under the candidate."""
    sides, proposed = _compared(candidate, current, to_on, dated)
    found: list[tuple[Side, Side]] = []
    for code, book in sides.items():
        of = side_by_side(subscription_id, {"now": book, "then": proposed}, from_on=from_on, to_on=to_on, codes=(code,))
        found += zip(of["now"], of["then"], strict=True)
    found.sort(key=lambda pair: pair[0].from_on)
    return [[pair[0] for pair in found], [pair[1] for pair in found]]


def customers(subscription_ids: list[int]) -> dict[int, Customer]:
    """Who those subscriptions are, by their ids."""
    with connection.cursor() as cursor:
        return _people(cursor, subscription_ids)


def rehearsed_of(number: str, *, codes: tuple[str, ...], from_on: date, to_on: date) -> dict[int, Customer]:
    """The subscriptions of an account, by its ten digits, with bills of those books in the window; by their ids."""
    with connection.cursor() as cursor:
        cursor.execute(OF_ACCOUNT, {"number": number, "codes": list(codes), "from_on": from_on, "to_on": to_on})
        ids = [id for (id,) in cursor.fetchall()]
        return _people(cursor, ids) if ids else {}


def _people(cursor: Any, ids: list[int]) -> dict[int, Customer]:
    cursor.execute(CUSTOMERS, [ids])
    return {id: Customer(*rest) for id, *rest in cursor.fetchall()}


def _codes(cursor: Any, codes: tuple[str, ...]) -> dict[int, str]:
    """The code of each kept book, of those codes, by its id."""
    cursor.execute("SELECT id, code FROM billing_book WHERE code = ANY(%s)", [list(codes)])
    return dict(cursor.fetchall())


def _bills(cursor: Any, books: list[int], from_on: date, to_on: date) -> Iterator[Columns]:
    """The live bills that end in the window, without those that a later one of them settles."""
    cursor.execute(EDGES, {"chunk": CHUNK, "from_on": from_on})
    settled = np.zeros(0, np.int64)
    given = {"from_on": from_on, "to_on": to_on, "books": books}
    for low, high in cursor.fetchall():
        bills = read(cursor, BY_IDS, BILL_KINDS, given | {"low": low, "high": high})
        yield _kept(cursor, _unsettled(bills, settled))
        settled = np.union1d(settled, bills["settles_id"][bills["settles_id"] > 0])


def _unsettled(bills: Columns, settled: np.ndarray) -> Columns:
    """Without the bills that another of them, or a later one, settles."""
    kept = ~np.isin(bills["id"], np.append(settled, bills["settles_id"]))
    return {name: column[kept] for name, column in bills.items()}


def _kept(cursor: Any, bills: Columns) -> Columns:
    """With what the bills kept beyond their rows, by name; `known.x` says which of them kept x."""
    columns, known = quantities.kept(cursor, bills["id"])
    return bills | columns | {f"{KNOWN}{name}": column for name, column in known.items()}


def _rate(book: Book, bills: Columns) -> Rated:
    """The bills under a book; one that lacks a register of the book is refused, like any other."""
    start, end = (bills[name].astype(np.int64) for name in ("rated_from_on", "to_on"))
    known = {name.removeprefix(KNOWN): column for name, column in bills.items() if name.startswith(KNOWN)}
    unknown: dict[int, str] = {}
    for name, lacks in quantities.lacking(book, known, len(start)).items():
        unknown |= {place: name for place in np.flatnonzero(lacks).tolist() if place not in unknown}
    if not unknown:
        return rate(book, start, end, quantities.given(book, bills))
    start[list(unknown)] = end[list(unknown)]  # without a day, the kernel leaves them out
    rated = rate(book, start, end, quantities.given(book, bills))
    refusals = tuple(_lacks(book, it, unknown) for it in rated.refusals)
    return replace(rated, refusals=refusals)


def _lacks(book: Book, refusal: Refusal, unknown: dict[int, str]) -> Refusal:
    """What is said of a bill that cannot be rated: the register that it lacks, if that is why."""
    if (name := unknown.get(refusal.index)) is None:
        return refusal
    fr, en = (registers.told(name, lang) for lang in LANGUAGES)
    return Refusal(
        refusal.index, "missing", name,
        f"Le livre {book.code} demande {fr}, que ces factures n’ont pas.",
        f"Book {book.code} needs {en}, which these bills do not have.",
    )  # fmt: skip


def _both(bills: Columns, current: dict[int, Book], proposed: Book, refused: Counter[tuple[str, str]]) -> Columns:
    """The bills that both books can rate, with what each makes of them."""
    after = _rate(proposed, bills)
    before, said = np.zeros(len(bills["id"]), np.int64), {it.index: (it.fr, it.en) for it in after.refusals}
    for id, book in current.items():
        at = np.flatnonzero(bills["book_id"] == id)
        rated = _rate(book, {name: column[at] for name, column in bills.items()})
        before[at] = rated.net
        said |= {int(at[it.index]): (it.fr, it.en) for it in rated.refusals}
    refused.update(said.values())
    kept = np.ones(len(before), bool)
    kept[list(said)] = False
    days = (bills["to_on"] - bills["rated_from_on"]).astype(np.int64)
    columns = {"id": bills["id"], "subscription_id": bills["subscription_id"], "book_id": bills["book_id"],
               "days": days, "kwh": bills["kwh"], "issued": bills["rated_cents"], "current": before,
               "proposed": after.net}  # fmt: skip
    return {name: column[kept] for name, column in columns.items()}


class _Customers:
    """What each subscription was billed in all, filled chunk after chunk from the last bills to the first.

    One row a subscription whatever the number of bills; its book is that of its last bill.
    """

    def __init__(self, cursor: Any, names: list[str], codes: dict[int, str]) -> None:
        places = read(cursor, PLACES, PLACE_KINDS, {"heatings": list(HEATINGS)})
        self.ids, self.heating, self.names, self.bills = places["subscription_id"], places["heating"], names, 0
        self.sums = {name: np.zeros(len(self.ids), np.int64) for name in SUMS}
        self.book = np.full(len(self.ids), -1, np.int16)
        self.place_of = np.zeros(max(codes, default=0) + 1, np.int16)
        for id, code in codes.items():
            self.place_of[id] = names.index(code)

    def add(self, bills: Columns) -> None:
        """Add the bills of one chunk."""
        at = np.searchsorted(self.ids, bills["subscription_id"])
        for name, column in self.sums.items():
            np.add.at(column, at, bills[name])
        new = np.flatnonzero(self.book[at] < 0)
        new = new[np.argsort(bills["id"][new])]  # of several bills of a subscription the last one stays
        self.book[at[new]] = self.place_of[bills["book_id"][new]]
        self.bills += len(at)

    def billed(self) -> dict[str, Any]:
        """Those with a bill."""
        seen = self.book >= 0
        columns = self.sums | {"subscription_id": self.ids, "heating": self.heating, "book": self.book.astype(np.int64)}
        return {name: column[seen] for name, column in columns.items()} | {"names": self.names}


def _group(key: tuple[Any, ...], customers: dict[str, Any], chosen: Any) -> Group:
    kwh, current, proposed = (customers[name][chosen] for name in ("kwh", "current", "proposed"))
    return Group(
        key=key, customers=len(kwh), winners=int((proposed < current).sum()), losers=int((proposed > current).sum()),
        kwh=int(kwh.sum()), current_cents=int(current.sum()), proposed_cents=int(proposed.sum()),
    )  # fmt: skip


def _classes(customers: dict[str, Any]) -> tuple[Group, ...]:
    """By book and heating, the largest revenue first."""
    kinds = customers["book"] * len(HEATINGS) + customers["heating"]
    groups = [
        _group((customers["names"][kind // len(HEATINGS)], HEATINGS[kind % len(HEATINGS)]), customers, kinds == kind)
        for kind in np.unique(kinds).tolist()
    ]
    return tuple(sorted(groups, key=lambda it: (-it.current_cents, it.key)))


def _deciles(customers: dict[str, Any]) -> tuple[Group, ...]:
    """By kWh a year, from the tenth that uses least to the tenth that uses most."""
    yearly = customers["kwh"] // 1000 * DAYS_A_YEAR // np.maximum(customers["days"], 1)
    order = np.lexsort((customers["subscription_id"], yearly))
    tenths = [tenth for tenth in np.array_split(order, DECILES) if len(tenth)]
    return tuple(_group((int(yearly[it[0]]), int(yearly[it[-1]])), customers, it) for it in tenths)


def _swings(cursor: Any, customers: dict[str, Any]) -> tuple[Swing, ...]:
    change = np.abs(customers["proposed"] - customers["current"])
    chosen = np.lexsort((customers["subscription_id"], -change))[:SWINGS_SHOWN]
    chosen = chosen[change[chosen] > 0]
    ids = customers["subscription_id"][chosen].tolist()
    people = _people(cursor, ids)
    return tuple(
        Swing(
            subscription_id=id, account=people[id].account, customer=people[id].customer, address=people[id].address,
            book=customers["names"][customers["book"][at]], kwh=int(customers["kwh"][at]),
            current_cents=int(customers["current"][at]), proposed_cents=int(customers["proposed"][at]),
        )
        for id, at in zip(ids, chosen.tolist(), strict=True)
    )  # fmt: skip
