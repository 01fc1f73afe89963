"""What another system issued is kept as it came, and Fanal bills from where it ended."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from factories import CLERK, make_account, make_issued_bill, make_place, make_receipt, make_subscription, typed

from fanal.records.elsewhere import acts, facts
from fanal.records.ledger import facts as ledger
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import Quality
from fanal.records.payments import acts as payments
from fanal.records.payments import facts as paid
from fanal.reports import financial
from fanal.reports.invariants import verify
from fanal.values.refusal import Refused
from tests.billing import bill_of, bill_on, compute, holds_of, rows

pytestmark = pytest.mark.django_db
ENDED_ON, RUN_ON = date(2026, 1, 20), date(2026, 3, 21)
BILL: dict[str, Any] = {
    "number": "262000001", "kind": "BILL", "issued_on": date(2026, 1, 22), "due_on": date(2026, 2, 12),
    "from_on": date(2025, 11, 20), "to_on": ENDED_ON, "tariff": "DOM", "kwh": 1_220_000, "billing_kw": 0, "kw": 0,
    "kva": 0, "estimated": True, "net_cents": 10_000, "gst_cents": 500, "qst_cents": 998, "total_cents": 11_498,
    "corrects": "",
}  # fmt: skip


def keep(what: str, **row: Any) -> int:
    """Keep one row of what another system issued."""
    listed = ", ".join(f"%({name})s{CASTS.get(type(value), '')} AS {name}" for name, value in row.items())
    return acts.keep(what=what, query=f"SELECT {listed}", parameters=row)


CASTS = {date: "::date", int: "::bigint", str: "::text", bool: "::boolean"}


def open_with(account_id: int, cents: int, due_on: date, number: str = "262000001", code: int = 1200) -> None:
    acts.open_balances(
        query="SELECT %(account)s::bigint AS account_id, %(code)s::smallint AS ledger_account_id,"
        " DATE '2026-02-01' AS on_date, %(due)s::date AS due_on, %(number)s AS number, %(cents)s::bigint AS cents",
        parameters={"account": account_id, "code": code, "due": due_on, "number": number, "cents": cents},
        **CLERK,
    )


def hand_over(subscription_id: int, account_id: int, to_on: date, issued_on: date = date(2026, 1, 22)) -> None:
    """The old system says that it billed it until that day, on an estimate."""
    acts.hand_over(
        query="SELECT %(subscription)s::bigint AS subscription_id, %(account)s::bigint AS account_id,"
        " '1000020' AS number, '262000001' AS last_bill, %(to)s::date AS to_on, %(issued)s::date AS issued_on,"
        " true AS estimated",
        parameters={"subscription": subscription_id, "account": account_id, "to": to_on, "issued": issued_on}, **CLERK,
    )  # fmt: skip


def taken_over(index_read: int, **bill: Any) -> tuple[int, int]:
    """A house whose old system ended on an estimate of 12,000, read since: (subscription, account)."""
    place, account_id = make_place(), make_account()
    subscription_id = make_subscription(point=place.point, account_id=account_id)
    reads = [typed(place, 12_000, ENDED_ON, quality=Quality.ESTIMATED), typed(place, index_read, date(2026, 3, 20))]
    metering.record_readings(readings=reads, by="paul", on=RUN_ON)
    keep("bills", account_id=account_id, subscription_id=subscription_id, **(BILL | bill))
    hand_over(subscription_id, account_id, ENDED_ON)
    acts.switch_cycles(cycles=[1], **CLERK)
    open_with(account_id, 11_498, date(2026, 2, 12))
    return subscription_id, account_id


def test_the_first_bill_begins_where_the_old_system_ended_on_the_index_that_it_estimated() -> None:
    subscription_id, _ = taken_over(13_500)

    bill = bill_of(bill_on(RUN_ON), subscription_id)

    assert (bill.from_on, bill.rated_from_on, bill.to_on) == (ENDED_ON, ENDED_ON, date(2026, 3, 20))
    assert bill.kwh == 1_500_000  # what was read since, less what was estimated: no kWh is billed twice


def left_on_three_estimates() -> int:
    """A house that the old system read, then estimated three times, the second one done again; not read since."""
    place, account_id = make_place(), make_account()
    subscription_id = make_subscription(point=place.point, account_id=account_id)
    reads = [typed(place, 12_000, ENDED_ON, quality=Quality.ESTIMATED)]
    metering.record_readings(readings=reads, by="paul", on=RUN_ON)
    told = {"account_id": account_id, "subscription_id": subscription_id}
    autumn = {"from_on": date(2025, 9, 20), "to_on": date(2025, 11, 20)}
    read = {"from_on": date(2025, 5, 20), "to_on": date(2025, 7, 20), "estimated": False}
    for bill in (
        {"number": "1"} | read,
        {"number": "2", "from_on": date(2025, 7, 20), "to_on": date(2025, 9, 20)},
        {"number": "3"} | autumn,
        {"number": "4", "kind": "CREDIT_NOTE", "corrects": "3"} | autumn,
        {"number": "5", "kind": "AGAIN", "corrects": "3"} | autumn,
        {"number": "6"},
    ):
        keep("bills", **(BILL | told | bill))
    hand_over(subscription_id, account_id, ENDED_ON)
    acts.switch_cycles(cycles=[1], **CLERK)
    return subscription_id


def test_estimates_left_open_elsewhere_are_the_first_of_the_row() -> None:
    subscription_id = left_on_three_estimates()

    first = bill_of(bill_on(RUN_ON), subscription_id)
    second = bill_of(compute(date(2026, 5, 21)), subscription_id)

    assert (first.estimates_in_a_row, second.estimates_in_a_row) == (4, 5)
    assert (first.settles_id, second.settles_id) == (0, first.id)  # what was billed elsewhere stays billed there
    assert verify(only=["I6"])[0].violations == []


def test_a_row_that_forgets_the_estimates_of_the_old_system_is_seen() -> None:
    left_on_three_estimates()
    run_id = bill_on(RUN_ON)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE billing_bill SET estimates_in_a_row = 1 WHERE run_id = %s", [run_id])
        cursor.execute("SET LOCAL session_replication_role = origin")

    [found] = verify(only=["I6"])

    assert [it["fault"] for it in found.violations] == ["estimates_miscounted"]


def test_every_invariant_holds_of_a_subscription_that_was_taken_over_and_billed() -> None:
    taken_over(13_500)
    bill_on(RUN_ON)

    assert {it.code: it.violations for it in verify() if it.count} == {}


def test_the_usual_use_is_that_of_the_bills_of_the_old_system() -> None:
    subscription_id, _ = taken_over(18_000)  # 6,000 kWh in two months, for 1,220 the two months before

    assert holds_of(compute(RUN_ON))[subscription_id] == ["HIGH_USE", "TOTAL_SWING"]


def test_a_bill_that_a_credit_note_took_back_says_nothing_of_the_usual_use() -> None:
    subscription_id, account_id = taken_over(18_000)
    note = BILL | {"number": "262000002", "kind": "CREDIT_NOTE", "kwh": -1_220_000, "total_cents": -11_498,
                   "corrects": BILL["number"]}  # fmt: skip
    keep("bills", account_id=account_id, subscription_id=subscription_id, **note)

    assert subscription_id not in holds_of(compute(RUN_ON))


def test_a_subscription_billed_elsewhere_to_its_end_is_not_billed_again() -> None:
    taken_over(13_500)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE subscriptions_subscription SET ends_on = %s", [ENDED_ON])

    with pytest.raises(Refused, match="rien à facturer"):
        compute(RUN_ON)


def test_the_database_refuses_to_bill_a_day_that_was_billed_elsewhere() -> None:
    subscription_id, account_id = taken_over(13_500)
    planted = (
        "INSERT INTO billing_billeddays (account_id, bill_id, delivery_point_id, subscription_id, from_on, to_on,"
        " issued_on) VALUES (%s, 1, 1, %s, %s, %s, %s)"
    )

    with pytest.raises(IntegrityError, match="l’ancien système a facturé jusqu’au 2026-01-20"), transaction.atomic():
        connection.cursor().execute(planted, [account_id, subscription_id, date(2026, 1, 19), RUN_ON, RUN_ON])


def test_a_day_billed_twice_past_that_guard_is_seen() -> None:
    taken_over(13_500)
    bill_on(RUN_ON)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE elsewhere_handover SET to_on = to_on + 1")
        cursor.execute("SET LOCAL session_replication_role = origin")

    [found] = verify(only=["I5"])

    assert [it["fault"] for it in found.violations] == ["billed_elsewhere"]


def test_an_opening_is_owed_and_balances_against_the_clearing_account() -> None:
    account_id = make_account()
    open_with(account_id, 11_498, date(2026, 2, 12))
    open_with(account_id, -25_000, date(2026, 2, 1), number="D00001", code=2410)

    assert ledger.balance(account_id) == 11_498
    sides = {it.code: it.debit_cents - it.credit_cents for it in ledger.trial_balance()}
    assert (sides[1200], sides[2410], sides[3900]) == (11_498, -25_000, 13_502)


def test_an_opening_ages_by_the_due_date_of_the_bill_that_it_comes_from() -> None:
    account_id = make_account()
    open_with(account_id, 1_000, date(2026, 1, 10))
    open_with(account_id, 200, date(2026, 2, 20), number="262000009")

    [aged] = financial.aged_balance(date(2026, 2, 15))

    assert (aged.not_due_cents, aged.days_31_60_cents, aged.credit_cents) == (200, 1_000, 0)


def test_what_was_owed_before_is_paid_before_what_was_billed_since() -> None:
    account_id = make_account()
    open_with(account_id, 1_000, date(2026, 1, 10))
    bill_id = make_issued_bill(account_id, 500, due_on=date(2026, 3, 1))
    make_receipt(account_id, 1_200, received_on=date(2026, 1, 15))

    payments.allocate(by="paul", on=date(2026, 3, 1), account_ids=[account_id])

    [opening] = rows("SELECT id FROM elsewhere_opening")
    given = {it.bill_id: it.amount_cents for it in rows("SELECT bill_id, amount_cents FROM payments_allocation")}
    assert given == {opening.id: 1_000, bill_id: 200}


def test_a_credit_that_was_taken_over_pays_the_next_bill() -> None:
    account_id = make_account()
    open_with(account_id, -1_000, date(2026, 2, 1), number="")
    bill_id = make_issued_bill(account_id, 500)

    assert account_id in paid.accounts_with_credit()
    payments.allocate(by="paul", on=date(2026, 3, 1), account_ids=[account_id])

    assert [it.bill_id for it in rows("SELECT bill_id FROM payments_allocation")] == [bill_id]


def test_an_opening_that_its_history_does_not_explain_is_seen() -> None:
    _, account_id = taken_over(13_500)
    open_with(account_id, 1, date(2026, 2, 12))

    [found] = verify(only=["I28"])

    assert [(it["opened_cents"], it["past_cents"]) for it in found.violations] == [(11_499, 11_498)]


def test_the_same_bill_is_not_kept_twice() -> None:
    taken_over(13_500)
    [row] = rows("SELECT account_id, subscription_id FROM elsewhere_pastbill")

    with pytest.raises(Refused, match="deux fois la même ligne"):
        keep("bills", account_id=row.account_id, subscription_id=row.subscription_id, **BILL)


def test_a_column_that_the_history_does_not_have_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="elsewhere_pastnotice has no column"):
        keep("notices", account_id=1, colour="rouge")


def test_what_was_kept_is_never_changed() -> None:
    taken_over(13_500)

    for table in ("pastbill", "handover", "opening"):
        with pytest.raises(IntegrityError), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM elsewhere_{table}")


def test_the_past_of_an_account_is_told_in_its_order() -> None:
    _, account_id = taken_over(13_500)
    keep("payments", account_id=account_id, number="0100", received_on=date(2026, 2, 1), amount_cents=4_000,
         channel="CH", note="")  # fmt: skip
    keep("notices", account_id=account_id, number="N1", kind="RET", on_date=date(2026, 2, 20), amount_cents=7_498,
         sent_by="P", note="")  # fmt: skip

    told = [(it.what, it.number, it.cents) for it in facts.events_of(account_id)]

    assert told == [("bill", "262000001", 11_498), ("payment", "0100", -4_000), ("notice", "N1", 7_498)]
