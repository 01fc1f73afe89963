"""A few places of every shape, billed month after month by the acts: what the stories of bills are tested on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from factories import Place, make_account, make_customer, make_meter, make_place, make_subscription, new_receipt, typed

from fanal.law.conditions.ch04_corrections import Cause
from fanal.law.metering.estimation import Appliance
from fanal.records.billing import acts as billing
from fanal.records.billing import facts as billed
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import RegisterKind
from fanal.records.payments import acts as payments
from fanal.reports.bill_story import issued_by_run

STARTS_ON = date(2025, 11, 3)
RUNS_ON = tuple(date.fromisoformat(it) for it in (
    "2025-12-03", "2026-01-05", "2026-02-04", "2026-03-04", "2026-04-07", "2026-05-06", "2026-06-08", "2026-07-06",
))  # fmt: skip
CORRECTED_ON = date(2026, 7, 15)
KWH, KW, KVA = RegisterKind.KWH, RegisterKind.KW, RegisterKind.KVA
AfterRun = Callable[[list[int]], None]


@dataclass
class Billed:
    """What was made: the subscription, the account and the place of each shape."""

    subscriptions: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    held: int = 0  # a computed bill that nobody accepted

    def bills(self, shape: str = "", kind: int = 0) -> list[int]:
        """Issued bills (kind 0) or credit notes (1) of a shape, or of all, in the order of their numbers."""
        wanted = [self.subscriptions[shape]] if shape else list(self.subscriptions.values())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT b.id FROM billing_bill b "
                "JOIN billing_issue i ON i.bill_id = b.id AND i.account_id = b.account_id "
                "WHERE b.subscription_id = ANY(%s) AND b.kind = %s ORDER BY i.number",
                [wanted, kind],
            )
            return [row[0] for row in cursor.fetchall()]


# Shape: book, registers, dial units used each month (kWh, then highest kW and kVA), and what is particular.
ENERGY: dict[str, tuple[int, ...]] = {
    "house": (1900, 2400, 2600, 2300, 2100, 1200, 800, 700),
    "english": (700, 900, 900, 800, 700, 500, 400, 400),
    "roll_over": (1500, 1600, 1700, 1500, 1400, 900, 600, 500),
    "chain": (900, 1000, 1000, 900, 800, 600, 400, 400),
    "exchange": (800, 900, 900, 800, 800, 600, 500, 500),
    "told": (900, 1000, 1000, 900, 800, 600, 400, 400),
    "surge": (900, 1000, 1000, 900, 800, 600, 400, 9000),
    "dwellings": (5000, 5200, 5400, 5100, 4900, 3900, 3000, 2900),
}
POWER: dict[str, tuple[str, int, tuple[int, ...], tuple[str, ...], tuple[str, ...]]] = {
    "mill": ("M", 40, (1800, 2100, 2200, 2000, 1700, 1100, 900, 900),
             ("9", "9.8", "10.2", "9.5", "7", "4", "3.5", "3.4"),
             ("10", "10.4", "12.1", "10", "8.2", "4.1", "4.2", "3.9")),
    "idle_mill": ("M", 1, (1,) * 8, ("0.1",) * 8, ("0.1",) * 8),
    "shop": ("G", 10, (900, 950, 980, 930, 900, 800, 780, 790), ("8", "8.2", "8.5", "8", "7.5", "7", "6.8", "7"),
             ("8.1", "8.4", "9.7", "8", "7.5", "7", "6.9", "7.2")),
    "estate": ("DP", 10, (700, 750, 780, 730, 700, 500, 380, 390), ("7", "7.2", "7.5", "7", "6.5", "6", "5.8", "6"),
               ("7.1", "7.4", "7.7", "7", "6.6", "6.1", "5.9", "6.2")),
}  # fmt: skip
LAMPS = {"lamps": "lac_aux_ormes/eclairage", "large_lamps": "lac_aux_ormes/eclairage_150"}
UNREAD = {"chain": (2, 3, 4, 5), "told": (2, 3, 4, 5)}  # runs before which nobody reads the meter
POSTPONED = {"english": (1,)}  # runs that a person leaves the bill out of


@contextmanager
def rolled_back(blocker: Any) -> Iterator[None]:
    """A database for a whole module of tests, left as it was found."""
    with blocker.unblock():
        undone = transaction.atomic()
        with undone:
            yield
            transaction.set_rollback(True)


def build(after_run: AfterRun = lambda ids: None) -> Billed:
    """Settle the places, bill eight months, pay a little, correct one bill; `after_run` is told what was issued."""
    made = Billed()
    _settle(made)
    for position, on in enumerate(RUNS_ON):
        _read(made, position, on)
        after_run(_bill(made, position, on))
        _pay(made, position, on)
    _correct(made)
    return made


def _settle(made: Billed) -> None:
    english = make_customer(name="Stone", given_name="Ruth", language="en")
    for shape in ENERGY:
        opening = 95_000 if shape == "roll_over" else 1_000
        told: dict[str, Any] = {"english": {"holder_ids": [english]}, "dwellings": {"multiplier": 4}}.get(shape, {})
        place = make_place(KWH, opening=opening, starts_on=STARTS_ON)
        _settle_one(made, shape, place, "hydro_quebec/D", **told)
    for shape, (book, multiplier, *_) in POWER.items():
        place = make_place(KWH, KW, KVA, opening=100, starts_on=STARTS_ON, multiplier=multiplier)
        _settle_one(made, shape, place, f"hydro_quebec/{book}")
    for shape, book in LAMPS.items():
        _settle_one(made, shape, None, book, units=12)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE premises_deliverypoint SET phases = 3 WHERE id = %s", [made.places["idle_mill"].point])


def _settle_one(made: Billed, shape: str, place: Place | None, book: str, **told: Any) -> None:
    account = make_account()
    point = {"point": place.point} if place else {}
    made.accounts[shape] = account
    made.subscriptions[shape] = make_subscription(account_id=account, book=book, starts_on=STARTS_ON, **point, **told)
    if place:
        made.places[shape] = place


def _read(made: Billed, position: int, on: date) -> None:
    readings = []
    for shape, used in ENERGY.items():
        if position in UNREAD.get(shape, ()):
            continue
        index = (95_000 if shape == "roll_over" else 1_000) + sum(used[: position + 1])
        if shape == "exchange" and position >= 4:
            index -= 1_000 + sum(used[:4]) + 100
        if shape == "exchange" and position == 4:
            _exchange(made, 1_000 + sum(used[:4]) + 100)
        readings.append(typed(made.places[shape], index % 100_000, on))
    for shape, (_, _, used, kw, kva) in POWER.items():
        place = made.places[shape]
        readings += [
            typed(place, 100 + sum(used[: position + 1]), on),
            typed(place, kw[position], on, kind=KW), typed(place, kva[position], on, kind=KVA),
        ]  # fmt: skip
    metering.record_readings(readings=readings, by="releveuse", on=on)
    if position == 5:
        metering.record_estimate(
            delivery_point_id=made.places["told"].point, kind=KWH, from_on=date(2026, 3, 1), to_on=date(2026, 5, 20),
            means=INVENTORY, by="commis", on=on,
        )  # fmt: skip


def _exchange(made: Billed, closing: int) -> None:
    """A new meter in March, and the place is read on it from then on."""
    old, on = made.places["exchange"], date(2026, 3, 10)
    meter, serial, registers = make_meter()
    exchange = metering.Exchange(
        delivery_point_id=old.point, exchanged_on=on, closing={KWH: closing}, meter_id=meter, opening={KWH: 0}
    )
    metering.exchange_meters(exchanges=[exchange], by="releveuse", on=on)
    made.places["exchange"] = Place(old.point, old.number, meter, serial, registers)


def _bill(made: Billed, position: int, on: date) -> list[int]:
    who: dict[str, Any] = {"by": "commis", "on": on}
    run_id = billing.open_run(on=on, cycle=0, by="commis")
    for chunk, _ in billed.chunks_to_compute(run_id):
        billing.compute_chunk(run_id=run_id, position=chunk)
    billing.finish_computing(run_id=run_id, **who)
    late = [made.subscriptions[shape] for shape, runs in POSTPONED.items() if position in runs]
    for subscription in late:
        if billed.computed_bill(run_id, subscription):
            billing.review_bill(run_id=run_id, subscription_id=subscription, act="POSTPONE", reason="vacances", **who)
    for held in billed.held_bills(run_id):
        made.held = held.bill_id
        if held.subscription_id not in late:
            billing.review_bill(
                run_id=run_id, subscription_id=held.subscription_id, act="ACCEPT", reason="vu sur place", **who
            )
    billing.finish_review(run_id=run_id, **who)
    billing.approve_run(run_id=run_id, by="chef", on=on)
    billing.begin_issuing(run_id=run_id, **who)
    for chunk, _ in billed.chunks_to_issue(run_id):
        billing.issue_chunk(run_id=run_id, position=chunk, on=on)
    billing.finish_issuing(run_id=run_id, **who)
    return issued_by_run(run_id)


def _pay(made: Billed, position: int, billed_on: date) -> None:
    """The house pays a part, the shop too much; nobody else pays."""
    on = billed_on + timedelta(days=9)
    for shape, cents in (("house", 20_000), ("shop", 900_000)):
        if position % 2:
            new = new_receipt(made.accounts[shape], cents, reference=f"{shape}-{position}", received_on=on)
            payments.record_receipts(receipts=[new], by="commis", on=on)


def _correct(made: Billed) -> None:
    """The last index of the house was misread: a credit note and a new bill."""
    place = made.places["house"]
    last = made.bills("house")[-1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_on FROM billing_bill WHERE id = %s", [last])
        (to_on,) = cursor.fetchone()
    index = 1_000 + sum(ENERGY["house"]) - 50
    metering.correct_reading(
        delivery_point_id=place.point, register_id=place.kwh, read_on=to_on, index=str(index), by="chef",
        on=CORRECTED_ON, reason="chiffre mal lu",
    )  # fmt: skip
    why = billing.WhyWrong(cause=Cause.READING, reason="l’index avait été mal lu", reported_on=CORRECTED_ON)
    proposed = billing.propose_correction(
        subscription_id=made.subscriptions["house"], from_bill_id=last, why=why, by="commis", on=CORRECTED_ON
    )
    billing.approve_correction(correction_id=proposed, by="chef", on=CORRECTED_ON)


INVENTORY = metering.Inventory(
    appliances=[
        Appliance(name="frigo", watts=150, hours_day=Decimal("8.5")),
        Appliance(name="plinthe", watts=1500, hours_day=Decimal(4), count=3),
    ]
)
