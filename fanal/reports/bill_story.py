"""All that one bill may say (facture, note de crédit), in figures and dates: what paper and « Pourquoi ? » share.

A story holds only what was known on the day the bill was issued, so that a reprint says the same. Cents, thousandths,
dates and codes: no text is formatted here. The number of queries does not depend on the number of bills.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.taxes import Tax, TaxRate
from fanal.reports import bill_queries as queries
from fanal.reports import dues
from fanal.reports.bill_parts import Doubt, Hold, Mode, Review, mode_of

BILL, CREDIT_NOTE = 0, 1
KWH, KW, KVA, KVARH = 1, 2, 3, 4
PAYMENT, RETURNED_PAYMENT = 3, 4
EVER = date.max
LOOK_BACK = timedelta(days=850)  # 26 months and a little: thirteen bars, each with its year before


class UnknownBill(LookupError):
    """No bill has this id or this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A bill or a credit note that was issued on the account before this one, here or `elsewhere`."""

    id: int
    subscription_id: int
    kind: int
    book_id: int
    book_code: str
    from_on: date
    to_on: date
    rated_from_on: date
    estimates_in_a_row: int
    kwh: int
    kw: int
    kva: int
    past_kw: int
    billing_kw: int
    multiplier: int
    phases: int
    units: int
    rated_cents: int
    total_cents: int
    settles_id: int
    reverses_id: int
    number: int
    issued_on: date
    due_on: date
    second_due_on: date
    quantities: dict[str, int]  # beyond those, by the name of the law
    fee_cents: int  # of the request, on the first bill
    elsewhere: bool  # by the system before: it has no number of ours, and its id is below zero

    @property
    def days(self) -> int:
        """Rated days: since the last real reading."""
        return (self.to_on - self.rated_from_on).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Titulaire, with the postal address that was given (its lines), else none."""

    name: str
    kind: str
    language: str
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as stored, with the price or the tax behind it; neither for a fee, nor for what was already billed."""

    line: int
    from_on: date
    to_on: date
    days: int
    quantity: int
    amount_cents: int
    charge: Charge | None = None
    tax: Tax | None = None
    is_fee: bool = False  # that of the request (2.1)

    @property
    def is_credit(self) -> bool:
        """Whether it takes back what was billed on estimates."""
        return self.charge is None and self.tax is None and not self.is_fee

    @property
    def tax_rate(self) -> TaxRate:
        """The rate in force on the last day."""
        assert self.tax is not None
        last = self.to_on - timedelta(days=1)
        return [rate for rate in self.tax.rates if rate.from_on <= last][-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What the request of the subscription was charged (2.1), with the ground that was told."""

    cents: int
    received_on: date
    ground: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How a missing quantity was found (4.1.2), with its inputs."""

    method: str
    from_on: date
    to_on: date
    quantity: int
    inputs: Any
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The photos of a dial (their ids) on the day that it was read."""

    meter: str
    on: date
    photos: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON gives it."""
        return {"meter": self.meter, "on": self.on.isoformat(), "photos": list(self.photos)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one register gave: indexes or highest demand, their sources, the meter."""

    kind: int
    name: str  # of the register
    apart: bool  # its kWh are not of those of the bill
    serial: str
    dials: int
    from_on: date
    to_on: date
    from_value: int
    to_value: int
    from_source: int  # metering.Source; 0 where there is no reading
    from_estimated: bool  # it opens on an estimate: of the system before, or of the day that a customer moved in
    to_source: int
    shown_on: date  # when the closing value was read; the highest demand has its own day
    hung_on: date
    removed_on: date | None
    multiplier: int
    rolled_over: bool
    quantity: int
    from_photos: list[int]
    to_photos: list[int]
    estimate: Estimate | None = None

    @property
    def is_cumulative(self) -> bool:
        """Whether its index only grows."""
        return self.kind in (KWH, KVARH)

    @property
    def counts(self) -> bool:
        """Whether its kWh are among those of the bill."""
        return self.kind == KWH and not self.apart

    @property
    def estimated(self) -> bool:
        """Whether no real reading closes it."""
        return self.estimate is not None or self.to_source == 0

    @property
    def seen(self) -> tuple[Seen, ...]:
        """What was photographed of its dial: at the end, then at the start where that counts."""
        days = ((self.shown_on, self.to_photos), *(((self.from_on, self.from_photos),) if self.is_cumulative else ()))
        return tuple(Seen(meter=self.serial, on=on, photos=tuple(photos)) for on, photos in days if photos)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Money that moved on the account: a payment received, or returned by the bank. Positive: owed by the customer."""

    on: date
    kind: int
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Lieu de consommation and point de livraison."""

    civic_number: str
    street: str
    unit: str
    city: str
    postal_code: str
    delivery_point: str
    parts: Mapping[str, Any] | None  # of its address, where its words read as one


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The number of a bill and its dates."""

    number: int
    on: date
    due_on: date
    second_due_on: date
    channel: int  # notices.Channel; 0 when nothing was queued


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What stood on the account before this bill: `opening`, what happened, `cents` in the end; `overdue` is late."""

    opening_cents: int = 0
    documents: tuple[Document, ...] = ()  # the previous bill first, when it is among them
    movements: tuple[Movement, ...] = ()
    cents: int = 0
    overdue_cents: int = 0
    overdue_since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillStory:
    """One bill, issued or only computed (`issue` is then None), with all that it may say."""

    account_id: int
    account_number: str
    id: int
    run_id: int
    run_on: date
    subscription_id: int
    starts_on: date  # of the subscription
    ends_on: date | None  # known only once the last bill is this one
    domestic: bool
    kind: int
    from_on: date
    to_on: date
    rated_from_on: date
    estimates_in_a_row: int
    held: bool
    kwh: int
    kw: int
    kva: int
    past_kw: int
    billing_kw: int
    multiplier: int
    phases: int
    units: int
    quantities: dict[str, int]  # beyond those, by the name of the law
    certificates: dict[str, str]  # of exemption, by the code of their tax
    rated_cents: int
    net_cents: int
    tax_cents: int
    total_cents: int
    book: Book
    place: Place
    issue: Issued | None
    previous_id: int
    settles_id: int
    reverses_id: int
    stands: bool = False  # issued, and not taken back
    correction_id: int | None = None  # the correction of its subscription that waits for a second person
    holders: tuple[Holder, ...] = ()
    lines: tuple[Line, ...] = ()
    measures: tuple[Measure, ...] = ()
    past: tuple[Document, ...] = ()  # live bills of the subscription that were known, latest first, then elsewhere
    previous: Document | None = None
    refers_to: Document | None = None  # what a credit note takes back, or what a corrected bill replaces
    reason: str = ""  # of the correction
    corrected_by: tuple[str, ...] = ()  # who proposed it, who approved it
    fee: Fee | None = None  # of the request that opened the subscription, where this bill bears it
    settled: tuple[Document, ...] = ()  # estimated bills that this one takes back, latest first
    balance: Balance = field(default_factory=Balance)
    mode: Mode | None = None  # none: by its due date
    ended: tuple[tuple[str, date], ...] = ()  # promises ended since the bill before: their kind, first day without
    holds: tuple[Hold, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    reviews: tuple[Review, ...] = ()

    @property
    def on(self) -> date:
        """The day of the bill: of its issue, else of its run."""
        return self.issue.on if self.issue else self.run_on

    @property
    def days(self) -> int:
        """Rated days: since the last real reading."""
        return (self.to_on - self.rated_from_on).days

    @property
    def billed_days(self) -> int:
        """Days that no bill before had counted: those that the customer reads at the top."""
        return (self.to_on - self.from_on).days

    @property
    def recounts(self) -> bool:
        """Whether it counts again, since the last real reading, days that were billed on estimates."""
        return self.settles_id != 0

    @property
    def kwh_billed(self) -> int:
        """The kWh that the prices meet: less what was injected and what the bank had, with net metering."""
        if self.book.net_metering is None:
            return self.kwh
        return max(self.kwh - self.injected_kwh - self.quantities.get("bank_kwh", 0), 0)

    @property
    def injected_kwh(self) -> int:
        """What went the other way (net metering)."""
        return self.quantities.get(f"registers.{self.book.net_metering}", 0)

    def is_exempt(self, tax: Tax) -> bool:
        """Whether that tax is not owed by this customer."""
        position = [it.code for it in self.book.taxes].index(tax.code)
        return bool(self.quantities.get("exempt", 0) >> position & 1)

    @property
    def language(self) -> str:
        """That of the first holder."""
        return self.holders[0].language if self.holders else "fr"

    @property
    def asked_cents(self) -> int:
        """What the customer is asked to pay: the bill and what stood before it."""
        return self.balance.cents + self.total_cents

    @property
    def spread_cents(self) -> int:
        """Of what is asked, what instalments pay: all on a plan, what stood before under an arrangement."""
        return self.mode.spread(self.balance.cents, self.total_cents) if self.mode else 0

    @property
    def due_cents(self) -> int:
        """What the bill itself asks for by its due date."""
        return self.asked_cents - self.spread_cents


def stories(bill_ids: Sequence[int]) -> list[BillStory]:
    """The stories of those bills, in their order. Raises UnknownBill for an id that no bill has."""
    with connection.cursor() as cursor:
        found = {row["id"]: row for row in _rows(cursor, queries.BILLS, {"ids": list(bill_ids)})}
        for bill_id in bill_ids:
            if bill_id not in found:
                raise UnknownBill(f"Aucune facture ne porte l’identifiant {bill_id}.")
        rows = [found[bill_id] for bill_id in dict.fromkeys(bill_ids)]
        shelf = _Shelf(cursor, rows)
    made = {row["id"]: shelf.story(row) for row in rows}
    return [made[bill_id] for bill_id in bill_ids]


def bill_ids_numbered(numbers: Sequence[int]) -> dict[int, int]:
    """Bill ids by their number of issue; an unknown number is absent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, bill_id FROM billing_issue WHERE number = ANY(%s)", [list(numbers)])
        return dict(cursor.fetchall())


def issued_by_run(run_id: int) -> list[int]:
    """Ids of the bills and credit notes that a run issued, in the order of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.bill_id FROM billing_bill b "
            "JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id "
            "WHERE b.id >= %(run)s::bigint << 33 AND b.id < (%(run)s::bigint + 1) << 33 ORDER BY i.number",
            {"run": run_id},
        )
        return [row[0] for row in cursor.fetchall()]


DOCUMENT_FIELDS = tuple(Document.__dataclass_fields__)


class _Shelf:
    """What the queries brought for a batch, and how one story is put together from it."""

    def __init__(self, cursor: Any, rows: list[dict[str, Any]]) -> None:
        accounts, bills = [row["account_id"] for row in rows], [row["id"] for row in rows]
        days = [row["issued_on"] or row["run_on"] for row in rows]
        reach = {"since": min(days) - LOOK_BACK, "until": max(days)} if days else {"since": EVER, "until": EVER}
        of = {"accounts": accounts, "bills": bills}
        once = {"accounts": sorted(set(accounts)), **reach}
        self.lines = _grouped(_rows(cursor, queries.LINES, of), "bill_id")
        self.measures = _grouped(_rows(cursor, queries.MEASURES, of), "bill_id")
        subscriptions = [row["subscription_id"] for row in rows]
        abouts = [f"subscription:{subscription}" for subscription in subscriptions]
        asked = {"subscriptions": subscriptions, "abouts": abouts, "books": sorted({row["book_id"] for row in rows})}
        around: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in _rows(cursor, queries.AROUND, of | asked | {"since": reach["since"]}):
            around[row["part"]].append(json.loads(row["said"]))
        self.books = {row["id"]: Book.model_validate(row["content"]) for row in around["books"]}
        self.holders = _grouped(around["holders"], "bill_id")
        self.documents: dict[int, list[Document]] = defaultdict(list)
        for row in _rows(cursor, queries.DOCUMENTS, once):
            self.documents[row["account_id"]].append(_document(row))
        self.movements = _grouped(_rows(cursor, queries.MOVEMENTS, once), "account_id")
        self.elsewhere = _grouped(around["elsewhere"], "subscription_id")
        self.holds = _grouped(around["holds"], "bill_id")
        self.fees = _grouped(around["fees"], "subscription_id")
        self.doubts = _grouped(around["doubts"], "bill_id")
        self.modes = {row["bill_id"]: mode_of(row) for row in around["modes"]}
        self.ended = _grouped(around["ended"], "bill_id")
        self.reviews = _grouped(around["reviews"], "bill_id")
        self.corrections = _grouped(around["corrections"], "about")
        self.since = {row["id"]: self._since(row) for row in rows}
        openings = _rows(cursor, queries.OPENINGS, of | {"days": [self.since[bill_id] for bill_id in bills]})
        self.openings = {row["bill_id"]: row["cents"] for row in openings}

    def story(self, row: dict[str, Any]) -> BillStory:
        """Put one story together."""
        known = self._known(row)
        by_id = {it.id: it for it in known}
        live = [*_live(known, row["subscription_id"]), *map(_document, self.elsewhere[row["subscription_id"]])]
        bare = {name: row[name] for name in BillStory.__dataclass_fields__ if name in row}
        bare |= {name: _json(row[name]) for name in ("quantities", "certificates")}
        refers_to, reason, corrected_by = self._correction(row)
        settled = _settled(row["settles_id"], by_id)
        story = BillStory(
            **bare,
            book=self.books[row["book_id"]],
            place=Place(**{name: row[name] for name in Place.__dataclass_fields__} | {"parts": _json(row["parts"])}),
            issue=_issued(row),
            holders=tuple(map(_holder, self.holders[row["id"]])),
            lines=(lines := tuple(map(_line, self.lines[row["id"]]))),
            fee=next(map(_fee, self.fees[row["subscription_id"]]), None) if any(it.is_fee for it in lines) else None,
            measures=tuple(map(_measure, self.measures[row["id"]])),
            past=tuple(live),
            previous=by_id.get(row["previous_id"]),
            refers_to=refers_to,
            reason=reason,
            corrected_by=corrected_by,
            settled=settled,
            balance=self._balance(row, known),
            mode=self.modes.get(row["id"]),
            ended=tuple((it["kind"], date.fromisoformat(it["ended_on"])) for it in self.ended[row["id"]]),
            holds=tuple(Hold(reason=it["reason"], evidence=_json(it["evidence"])) for it in self.holds[row["id"]]),
            doubts=tuple(Doubt(code=it["code"], evidence=_json(it["evidence"])) for it in self.doubts[row["id"]]),
            reviews=tuple(
                Review(act=it["act"], reason=it["reason"], by=it["by_whom"], on=date.fromisoformat(it["on_date"]))
                for it in self.reviews[row["id"]]
            ),
        )
        ends_on = row["ends_on"] if row["ends_on"] and row["ends_on"] <= row["to_on"] else None
        return replace(story, ends_on=ends_on)

    def _known(self, row: dict[str, Any]) -> list[Document]:
        """What was issued on the account before this bill, in order."""
        if row["number"] is None:
            return [it for it in self.documents[row["account_id"]] if it.issued_on <= row["run_on"]]
        rank = (row["issued_on"], row["number"])
        return [it for it in self.documents[row["account_id"]] if (it.issued_on, it.number) < rank]

    def _since(self, row: dict[str, Any]) -> date:
        """The day from which the balance is told: that of the previous bill, else of this one."""
        on: date = row["issued_on"] or row["run_on"]
        return min([on, *(it.issued_on for it in self._known(row) if it.id == row["previous_id"])])

    def _balance(self, row: dict[str, Any], known: list[Document]) -> Balance:
        """What stood on the account. Of several subscriptions billed on a day, the first asks for it, once."""
        on, since = row["issued_on"] or row["run_on"], self.since[row["id"]]
        today = [it for it in known if it.issued_on == on]
        own_today = [it for it in today if it.subscription_id == row["subscription_id"]]
        opening, documents, movements = 0, own_today, []
        if not today or today[0].subscription_id == row["subscription_id"]:
            opening = self.openings[row["id"]]
            documents = [it for it in known if since <= it.issued_on < on] + own_today
            found = self.movements[row["account_id"]]
            movements = [
                Movement(on=it["on"], kind=it["kind"], cents=it["cents"]) for it in found if since <= it["on_date"] < on
            ]
        documents.sort(key=lambda it: it.id != row["previous_id"])
        cents = opening + sum(it.total_cents for it in documents) + sum(it.cents for it in movements)
        overdue, overdue_since = _overdue(cents, known, on)
        return Balance(
            opening_cents=opening, documents=tuple(documents), movements=tuple(movements), cents=cents,
            overdue_cents=overdue, overdue_since=overdue_since,
        )  # fmt: skip

    def _correction(self, row: dict[str, Any]) -> tuple[Document | None, str, tuple[str, ...]]:
        """The bill that a credit note takes back, or that a new one replaces; why, and by whom."""
        by_id = {it.id: it for it in self.documents[row["account_id"]]}
        for event in self.corrections[f"subscription:{row['subscription_id']}"]:
            grounds = _json(event["grounds"])
            people = (grounds.get("proposed_by", event["by_whom"]), grounds["approved_by"])
            if row["kind"] == CREDIT_NOTE and row["reverses_id"] in grounds["reversed"]:
                return by_id.get(row["reverses_id"]), grounds["reason"], people
            if row["id"] in grounds["made"]:
                replaced = grounds["reversed"][grounds["made"].index(row["id"])]
                return by_id.get(replaced), grounds["reason"], people
        return by_id.get(row["reverses_id"]), "", ()


def _document(row: dict[str, Any]) -> Document:
    days = {name: date.fromisoformat(it) for name, it in row.items() if name.endswith("_on") and isinstance(it, str)}
    return Document(**{name: row[name] for name in DOCUMENT_FIELDS} | days | {"quantities": _json(row["quantities"])})


def _live(known: Iterable[Document], subscription_id: int) -> list[Document]:
    """The bills of the subscription that stood, latest first."""
    own = [it for it in known if it.subscription_id == subscription_id]
    reversed_ids = {it.reverses_id for it in own if it.kind == CREDIT_NOTE}
    live = [it for it in own if it.kind == BILL and it.id not in reversed_ids]
    return sorted(live, key=lambda it: it.to_on, reverse=True)


def _settled(settles_id: int, by_id: dict[int, Document]) -> tuple[Document, ...]:
    """The chain of estimated bills that a bill takes back, latest first."""
    chain: list[Document] = []
    while found := by_id.get(settles_id):
        chain.append(found)
        settles_id = found.settles_id
    return tuple(chain)


def _overdue(cents: int, known: list[Document], on: date) -> tuple[int, date | None]:
    """Of what is owed, what was due before that day, and since when; what no bill here asks for was due long ago."""
    reversed_ids = {it.reverses_id for it in known}
    bills = [it for it in known if it.kind == BILL and it.id not in reversed_ids and it.total_cents > 0]
    asked = sorted(part for it in bills for part in dues.parts(it.due_on, it.second_due_on, it.total_cents))
    left = dues.left(cents, ((due_on, part, None) for due_on, part in asked))
    late = [due_on for due_on, _, _ in left if due_on < on]
    return max(cents, 0) - sum(part for due_on, part, _ in left if due_on >= on), late[0] if late else None


def _issued(row: dict[str, Any]) -> Issued | None:
    if row["number"] is None:
        return None
    names = ("number", "due_on", "second_due_on", "channel")
    return Issued(on=row["issued_on"], **{name: row[name] for name in names})


def _holder(row: dict[str, Any]) -> Holder:
    address = tuple(line.strip() for line in row["address"].splitlines() if line.strip())
    name = f"{row['given_name']} {row['name']}".strip()
    return Holder(name=name, kind=row["kind"], language=row["language"], address=address)


def _line(row: dict[str, Any]) -> Line:
    """A line with its charge made again from the detail kept when the book was shelved."""
    detail = _json(row["detail"])
    line = Line(**{name: row[name] for name in ("line", "from_on", "to_on", "days", "quantity", "amount_cents")})
    if row["is_credit"] or row["is_fee"]:
        return replace(line, is_fee=row["is_fee"])
    if row["is_tax"]:
        return replace(line, tax=Tax.model_validate(detail))
    days = {name: date.fromisoformat(detail[name]) if detail[name] else None for name in ("version_from", "version_to")}
    return replace(line, charge=Charge(**(detail | days)))


def _fee(row: dict[str, Any]) -> Fee:
    return Fee(cents=row["cents"], received_on=date.fromisoformat(row["received_on"]), ground=row["ground"])


def _measure(row: dict[str, Any]) -> Measure:
    estimate = None
    if row["method"] is not None:
        estimate = Estimate(
            method=row["method"], from_on=row["e_from_on"], to_on=row["e_to_on"], quantity=row["e_quantity"],
            inputs=_json(row["inputs"]), by=row["by_whom"],
        )  # fmt: skip
    names = [name for name in Measure.__dataclass_fields__ if name != "estimate"]
    return Measure(**{name: row[name] for name in names}, estimate=estimate)


def _rows(cursor: Any, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    cursor.execute(query, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _grouped(rows: Iterable[dict[str, Any]], key: str) -> defaultdict[Any, list[dict[str, Any]]]:
    groups: defaultdict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
