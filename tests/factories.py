"""One maker per noun, through the acts themselves; each returns an id. What is not told is unremarkable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

import numpy as np
from django.db import connection, models
from PIL import Image

from fanal.records.billing.models import Bill, Issue
from fanal.records.customers import acts as customers
from fanal.records.ledger import acts as ledger
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import RegisterKind, Which
from fanal.records.payments import acts as payments
from fanal.records.payments.acts import PaymentChannel
from fanal.records.premises import acts as premises
from fanal.records.subscriptions import acts as subscriptions
from fanal.values.picture import Picture

TODAY = date(2026, 1, 15)
LONG_AGO = date(2023, 1, 1)
CLERK: dict[str, Any] = {"by": "commis", "on": TODAY}
NEXT = count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """A delivery point with its meter."""

    point: int
    number: str
    meter: int
    serial: str
    registers: dict[Which, int]

    @property
    def kwh(self) -> int:
        """Its register of energy."""
        return self.registers[RegisterKind.KWH]


def make_customer(**told: Any) -> int:
    """A person who speaks French."""
    new = customers.NewCustomer(**({"kind": "PERSON", "name": "Tremblay", "given_name": "Rose"} | told))
    return customers.register_customers(customers=[new], **CLERK)[0]


def make_delivery_point(*, number: str = "", **told: Any) -> tuple[int, str]:
    """A house with one delivery point: (id, number)."""
    number = number or f"PL-{next(NEXT):06d}"
    point = {"number": number, "cycle": 1, "sequence": 1, "energised_on": LONG_AGO} | told
    new = premises.NewPremises(
        civic_number="214",
        street="rue des Ormes-Blancs",
        city="Lac-aux-Ormes",
        postal_code="G8B 1A1",
        delivery_points=[premises.NewDeliveryPoint(**point)],
    )
    [(_, [point_id])] = premises.register_premises(premises=[new], **CLERK)
    return point_id, number


def make_account() -> int:
    """A customer account."""
    return ledger.open_accounts(count=1, **CLERK)[0]


def make_subscription(*, point: int = 0, **told: Any) -> int:
    """A domestic subscription without end."""
    new = {
        "account_id": told.pop("account_id", 0) or make_account(),
        "delivery_point_id": point or make_delivery_point()[0],
        "book": "hydro_quebec/D",
        "starts_on": LONG_AGO,
        "holder_ids": told.pop("holder_ids", None) or [make_customer()],
    }
    return subscriptions.open_subscriptions(subscriptions=[subscriptions.NewSubscription(**(new | told))], **CLERK)[0]


def make_meter(*kinds: Which, dials: int = 5, serial: str = "") -> tuple[int, str, dict[Which, int]]:
    """A meter on the shelf: (id, serial, registers)."""
    serial = serial or f"C{next(NEXT):06d}"
    new = metering.NewMeter(serial=serial, registers=[(kind, dials) for kind in kinds or (RegisterKind.KWH,)])
    [(meter, registers)] = metering.register_meters(meters=[new], **CLERK)
    return meter, serial, registers


def make_place(
    *kinds: Which, opening: Decimal | int = 0, starts_on: date = LONG_AGO, multiplier: int = 1, dials: int = 5,
    cycle: int = 1,
) -> Place:  # fmt: skip
    """A delivery point whose meter was installed long ago."""
    point, number = make_delivery_point(cycle=cycle)
    meter, serial, registers = make_meter(*kinds, dials=dials)
    new = metering.NewInstallation(
        meter_id=meter,
        delivery_point_id=point,
        starts_on=starts_on,
        opening={which: opening if which == RegisterKind.KWH else 0 for which in kinds or (RegisterKind.KWH,)},
        multiplier=multiplier,
    )
    metering.install_meters(installations=[new], **CLERK)
    return Place(point, number, meter, serial, registers)


def typed(place: Place, index: object, read_on: date, **told: Any) -> metering.NewReading:
    """A read as a clerk types it."""
    return metering.NewReading(
        delivery_point=place.number, meter=place.serial, index=str(index), read_on=read_on, **told
    )


def make_readings(place: Place, indexes: Sequence[int], *, first_on: date, every: int = 30) -> date:
    """A read every so many days; the day of the last one."""
    days = [first_on + timedelta(days=every * at) for at in range(len(indexes))]
    metering.record_readings(readings=[typed(place, *it) for it in zip(indexes, days, strict=True)], **CLERK)
    return days[-1]


def make_picture(grey: int = 128) -> Picture:
    """A bare JPEG, as the gate of the pictures gives it."""
    made = BytesIO()
    Image.new("L", (120, 100), grey).save(made, "JPEG")
    return Picture(content=made.getvalue(), width=120, height=100)


def make_receipt(account_id: int, cents: int, *, received_on: date = TODAY, reference: str = "") -> str:
    """Money received at the bank; its reference."""
    new = new_receipt(account_id, cents, received_on=received_on, reference=reference or f"R{next(NEXT)}")
    payments.record_receipts(receipts=[new], **CLERK)
    return new.reference


def new_receipt(account_id: int, cents: int, *, reference: str, received_on: date = TODAY) -> payments.NewReceipt:
    """Money to record."""
    return payments.NewReceipt(
        account_id=account_id,
        received_on=received_on,
        amount_cents=cents,
        channel=PaymentChannel.BANK,
        reference=reference,
    )


def make_issued_bill(account_id: int, total_cents: int, *, due_on: date = TODAY, reverses_id: int = 0) -> int:
    """An issued bill of that total with its entry, put there without a run."""
    run_id, subscription_id = 1, next(NEXT)
    bill_id = run_id << 33 | subscription_id << 1
    bill = {"account_id": account_id, "id": bill_id, "run_id": run_id, "subscription_id": subscription_id}
    totals = {"net_cents": total_cents, "total_cents": total_cents, "reverses_id": reverses_id}
    _plant(Bill, bill | totals | {"from_on": LONG_AGO, "rated_from_on": LONG_AGO})
    days = {"issued_on": LONG_AGO, "due_on": due_on, "second_due_on": due_on}
    _plant(Issue, {"account_id": account_id, "bill_id": bill_id, "number": subscription_id} | days)
    sides = (1200, 4110) if total_cents > 0 else (4110, 1200)
    ledger.post_transfers(
        kind=ledger.EntryKind.CREDIT_NOTE if reverses_id else ledger.EntryKind.BILL,
        account_ids=np.array([account_id]),
        sources=np.array([bill_id]),
        debit=sides[0],
        credit=sides[1],
        cents=np.array([abs(total_cents)]),
        on=TODAY,
    )
    return bill_id


def _plant(model: type[models.Model], told: dict[str, Any]) -> None:
    """Insert a row past the triggers; a column that is not told is zero, false or today."""
    fields = model._meta.concrete_fields
    empty = {models.DateField: TODAY, models.BooleanField: False}
    values = {it.column: told.get(it.attname, empty.get(type(it), 0)) for it in fields}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})",
            list(values.values()),
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
