"""All that one bill may say (facture, note de crédit), in figures and dates: what paper and « Pourquoi ? » share.

A story holds only what was known on the day the bill was issued, so that a reprint says the same. Cents, thousandths,
dates and codes: no text is formatted here. The number of queries does not depend on the number of bills.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.taxes import Tax, TaxRate
from fanal.reports.bill_parts import Doubt, Hold, Mode, Review

BILL, CREDIT_NOTE = 0, 1
KWH, KW, KVA, KVARH = 1, 2, 3, 4
PAYMENT, RETURNED_PAYMENT = 3, 4
DEPOSIT_INTEREST, DEPOSIT_RETURN = 6, 7
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
    """Money that moved on the account: a payment, its return, what a deposit gives. Positive: owed by the customer."""

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
