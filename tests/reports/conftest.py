"""Four customers over eight months, billed by the acts: roll-over, estimate, exchange, power, lamps, payments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import promised
import pytest
from django.db import connection, transaction
from django.test.utils import setup_databases
from factories import make_picture

from fanal.law.conditions.ch04_corrections import Cause
from fanal.records.billing import acts as billing
from fanal.records.billing import facts as billed
from fanal.records.customers import acts as customers
from fanal.records.elsewhere import acts as elsewhere
from fanal.records.elsewhere import facts as elsewhere_facts
from fanal.records.ledger import acts as ledger
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import NewReading, RegisterKind
from fanal.records.payments import acts as payments
from fanal.records.premises import acts as premises
from fanal.records.subscriptions import acts as subscriptions

STARTS_ON = date(2026, 1, 1)
RUNS_ON = (date(2026, 3, 2), date(2026, 5, 1), date(2026, 6, 30), date(2026, 8, 29))
BOOKS = ("hydro_quebec/D", "hydro_quebec/D", "hydro_quebec/M", "lac_aux_ormes/eclairage")
KWH, KW, KVA = RegisterKind.KWH, RegisterKind.KW, RegisterKind.KVA


@dataclass
class Town:
    """What the tests refer to, in the order of BOOKS."""

    accounts: list[int] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    subscriptions: list[int] = field(default_factory=list)
    spare_meter: int = 0


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """The four customers, billed, corrected and partly paid, in a transaction that ends with their module."""
    with django_db_blocker.unblock():
        if not connection.settings_dict["NAME"].startswith("test_"):  # no test asked for `db` itself
            setup_databases(verbosity=0, interactive=False, keepdb=True)
        with transaction.atomic():
            yield _built()
            transaction.set_rollback(True)
        connection.close()


def _built() -> Town:
    town = Town()
    _settle(town)
    _install(town)
    for on in RUNS_ON:
        _read(town, on)
        bill(on)
        if on == RUNS_ON[0]:
            _pay(town)
    _correct(town)
    payments.allocate(by="caisse", on=date(2026, 9, 4))
    return town


@pytest.fixture
def town(built: Town, django_db_blocker: Any) -> Iterator[Town]:
    """The town as it was built; every invariant holds, and what a test does to it is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield built
        transaction.set_rollback(True)


@pytest.fixture
def sql() -> Callable[..., list[tuple[Any, ...]]]:
    """Run SQL past every trigger and foreign key: how a test plants what the database refuses."""

    def run(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement, parameters or None)
            rows = cursor.fetchall() if cursor.description else []
            cursor.execute("SET LOCAL session_replication_role = origin")
        return rows

    return run


def bill(on: date) -> int:
    """One run from opening to the end of its issue; held bills are accepted where they may be."""
    who = {"by": "commis", "on": on}
    run_id = billing.open_run(on=on, cycle=0, by="commis")
    for position, _ in billed.chunks_to_compute(run_id):
        billing.compute_chunk(run_id=run_id, position=position)
    billing.finish_computing(run_id=run_id, **who)
    for held in billed.held_bills(run_id):
        subscription = held.subscription_id
        billing.review_bill(run_id=run_id, subscription_id=subscription, act="ACCEPT", reason="vu sur place", **who)
    billing.finish_review(run_id=run_id, **who)
    billing.approve_run(run_id=run_id, by="chef", on=on)
    billing.begin_issuing(run_id=run_id, **who)
    for position, _ in billed.chunks_to_issue(run_id):
        billing.issue_chunk(run_id=run_id, position=position, on=on)
    billing.finish_issuing(run_id=run_id, **who)
    return run_id


def _settle(town: Town) -> None:
    who = {"by": "commis", "on": STARTS_ON}
    town.accounts = ledger.open_accounts(count=4, **who)
    holder = customers.NewCustomer(kind="PERSON", name="Tremblay", given_name="Léa", language="fr")
    (customer,) = customers.register_customers(customers=[holder], **who)
    places = [
        premises.NewPremises(
            civic_number=str(place), street="rue des Ormes", city="Lac-aux-Ormes", postal_code="G8B 1A1",
            delivery_points=[premises.NewDeliveryPoint(number=f"10000{place}", cycle=1, sequence=place,
                                                       energised_on=STARTS_ON, phases=3 if place == 3 else 1)],
        )
        for place in range(1, 5)
    ]  # fmt: skip
    town.points = [point for _, (point,) in premises.register_premises(premises=places, **who)]
    new = [
        subscriptions.NewSubscription(
            account_id=account, delivery_point_id=point, book=book, starts_on=STARTS_ON, holder_ids=[customer],
            domestic=book.endswith("/D"), units=12 if book.endswith("eclairage") else 0,
        )
        for account, point, book in zip(town.accounts, town.points, BOOKS, strict=True)
    ]  # fmt: skip
    town.subscriptions = subscriptions.open_subscriptions(subscriptions=new, **who)
    _take_over(town)


def _take_over(town: Town) -> None:
    """The first account owed 5 $ elsewhere, paid them, and left a deposit; Fanal bills it from its first day."""
    of = {"account": town.accounts[0], "subscription": town.subscriptions[0], "on": STARTS_ON}
    past = {
        "entries": "'1' AS number, %(on)s::date AS on_date, 'FRA' AS code, 500::bigint AS amount_cents",
        "payments": "'1' AS number, %(on)s::date AS received_on, 500::bigint AS amount_cents, 'CH' AS channel",
    }
    for what, columns in past.items():
        elsewhere.keep(what=what, query=f"SELECT %(account)s::bigint AS account_id, {columns}", parameters=of)
    handed_over = """SELECT %(subscription)s::bigint AS subscription_id, %(account)s::bigint AS account_id,
        '1000006' AS number, '' AS last_bill, %(on)s::date AS to_on, %(on)s::date AS issued_on, false AS estimated"""
    elsewhere.hand_over(query=handed_over, parameters=of, by="commis", on=STARTS_ON)
    promised.promise(town.accounts[0], "DEPOSIT", 10_000, starts_on=STARTS_ON, number="D1")
    held = """SELECT %(account)s::bigint AS account_id, 2410::smallint AS ledger_account_id, %(on)s::date AS on_date,
        %(on)s::date AS due_on, 'D1' AS number, -10000::bigint AS cents"""
    elsewhere.open_balances(query=held, parameters=of, by="commis", on=STARTS_ON)
    elsewhere.switch_cycles(cycles=[it.cycle for it in elsewhere_facts.cycles()], by="commis", on=STARTS_ON)


def _install(town: Town) -> None:
    who = {"by": "commis", "on": STARTS_ON}
    energy = [(KWH, 5)]
    new = [metering.NewMeter(serial=serial, registers=energy) for serial in ("A1", "B1", "B2")]
    new.append(metering.NewMeter(serial="C1", registers=[(KWH, 6), (KW, 5), (KVA, 5)]))
    (a1, _), (b1, _), (b2, _), (c1, _) = metering.register_meters(meters=new, **who)
    place = [
        (a1, 0, {KWH: 97000}, 1),
        (b1, 1, {KWH: 500}, 1),
        (c1, 2, {KWH: 0, KW: 0, KVA: 0}, 40),
    ]
    metering.install_meters(
        installations=[
            metering.NewInstallation(
                meter_id=meter,
                delivery_point_id=town.points[at],
                starts_on=STARTS_ON,
                opening=opening,
                multiplier=multiplier,
            )
            for meter, at, opening, multiplier in place
        ],
        **who,
    )
    town.spare_meter = b2


# What was read: house A rolls over in spring, house B is not read in May and its meter is exchanged in June.
READ = {
    RUNS_ON[0]: [("100001", "A1", KWH, "98600"), ("100002", "B1", KWH, "2300"), ("100003", "C1", KWH, "1500"),
                 ("100003", "C1", KW, "5.2"), ("100003", "C1", KVA, "5.9")],
    RUNS_ON[1]: [("100001", "A1", KWH, "400"), ("100003", "C1", KWH, "2900"), ("100003", "C1", KW, "4.8"),
                 ("100003", "C1", KVA, "5.1")],
    RUNS_ON[2]: [("100001", "A1", KWH, "1900"), ("100002", "B2", KWH, "250"), ("100003", "C1", KWH, "4100"),
                 ("100003", "C1", KW, "3.9"), ("100003", "C1", KVA, "4.0")],
    RUNS_ON[3]: [("100001", "A1", KWH, "3300"), ("100003", "C1", KWH, "5300"), ("100003", "C1", KW, "3.7"),
                 ("100003", "C1", KVA, "4.0")],
}  # fmt: skip


def _read(town: Town, on: date) -> None:
    if on == RUNS_ON[2]:
        exchange = metering.Exchange(
            delivery_point_id=town.points[1], exchanged_on=date(2026, 6, 15), closing={KWH: 5200},
            meter_id=town.spare_meter, opening={KWH: 12},
        )  # fmt: skip
        metering.exchange_meters(exchanges=[exchange], by="releveuse", on=on)
    rows = [
        NewReading(delivery_point=point, meter=meter, kind=kind, index=index, read_on=on, photos=[make_picture()])
        for point, meter, kind, index in READ[on]
    ]
    recorded = metering.record_readings(readings=rows, by="releveuse", on=on)
    assert not recorded.refused


def _correct(town: Town) -> None:
    """The last reading of house A was read again; its last bill is done anew."""
    on = date(2026, 9, 4)
    with connection.cursor() as cursor:
        cursor.execute("SELECT register_id FROM metering_reading WHERE delivery_point_id = %s", [town.points[0]])
        (register,) = cursor.fetchone()
        cursor.execute(
            "SELECT bill_id FROM billing_billeddays WHERE subscription_id = %s AND to_on = %s",
            [town.subscriptions[0], RUNS_ON[3]],
        )
        (last,) = cursor.fetchone()
    metering.correct_reading(
        delivery_point_id=town.points[0], register_id=register, read_on=RUNS_ON[3], index="3250", by="chef", on=on,
        reason="chiffre mal lu",
    )  # fmt: skip
    why = billing.WhyWrong(cause=Cause.READING, reason="relève corrigée", reported_on=on)
    proposed = billing.propose_correction(
        subscription_id=town.subscriptions[0], from_bill_id=last, why=why, by="commis", on=on
    )
    billing.approve_correction(correction_id=proposed, by="chef", on=on)


def _pay(town: Town) -> None:
    """House A pays too much, house B pays and the bank takes it back, the mill pays a part."""
    on, back_on = date(2026, 3, 20), date(2026, 3, 27)
    paid = zip(town.accounts, (80_000, 5_000, 20_000), ("R1", "R2", "R3"), strict=False)
    payments.record_receipts(
        receipts=[
            payments.NewReceipt(account_id=account, received_on=on, amount_cents=cents, channel=1, reference=reference)
            for account, cents, reference in paid
        ],
        by="caisse",
        on=on,
    )
    payments.allocate(by="caisse", on=on)
    returned = payments.NewReturn(reference="R2", returned_on=back_on, reason="sans provision")
    payments.return_payments(returns=[returned], by="caisse", on=back_on)
