"""Money is received once, returned once, and never pays more than there is of it or of a bill."""

from datetime import date, timedelta

import pytest
from concurrency import while_another
from django.db import IntegrityError, connection, transaction
from factories import CLERK, TODAY, make_account, make_issued_bill, make_receipt, new_receipt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanal.records.ledger import acts as ledger
from fanal.records.ledger import facts as ledger_facts
from fanal.records.payments import acts, facts
from fanal.records.payments.models import Allocation, Receipt
from fanal.values.refusal import Refused

JANUARY, MARCH, MAY = date(2025, 1, 21), date(2025, 3, 21), date(2025, 5, 21)


def paid(account: int) -> dict[int, int]:
    """Cents received by each bill of the account."""
    received: dict[int, int] = {}
    for it in facts.allocations_of(account):
        received[it.bill_id] = received.get(it.bill_id, 0) + it.amount_cents
    return received


def allocate(*accounts: int) -> int:
    return acts.allocate(account_ids=accounts or None, **CLERK)


def give_back(reference: str, returned_on: date = TODAY) -> None:
    acts.return_payments(
        returns=[acts.NewReturn(reference=reference, returned_on=returned_on, reason="sans provision")], **CLERK
    )


@pytest.mark.django_db
def test_a_receipt_lowers_what_is_owed_the_day_it_is_entered():
    account = make_account()
    make_receipt(account, 12_345, received_on=TODAY - timedelta(days=3))
    assert ledger_facts.balance(account) == -12_345
    assert ledger_facts.balance(account, as_of=TODAY - timedelta(days=1)) == 0
    assert sum(it.debit_cents - it.credit_cents for it in ledger_facts.trial_balance()) == 0


@pytest.mark.django_db
def test_the_same_receipt_again_is_already_there():
    account = make_account()
    new = new_receipt(account, 500, reference="B-1")
    first = acts.record_receipts(receipts=[new], **CLERK)
    assert acts.record_receipts(receipts=[new, new], **CLERK) == first * 2
    assert ledger_facts.balance(account) == -500


@pytest.mark.django_db
def test_a_known_reference_with_another_content_is_refused():
    account = make_account()
    make_receipt(account, 500, reference="B-1")
    again = [new_receipt(account, 700, reference="B-2"), new_receipt(account, 501, reference="B-1")]
    with pytest.raises(Refused) as refusal:
        acts.record_receipts(receipts=again, **CLERK)
    [problem] = refusal.value.problems
    assert (problem.row, problem.field) == (2, "reference")
    assert problem.reason.startswith("La référence B-1 est déjà celle d’un paiement de 5,00\u00a0$")
    assert ledger_facts.balance(account) == -500
    twice = [new_receipt(account, cents, reference="B-3") for cents in (1, 2)]
    with pytest.raises(Refused, match="B-3"):
        acts.record_receipts(receipts=twice, **CLERK)


@pytest.mark.django_db
def test_every_wrong_receipt_is_told_and_nothing_is_written():
    account = make_account()
    wrong = [
        new_receipt(account, 500, reference="B-1"), new_receipt(account + 1, 500, reference="B-2"),
        new_receipt(account, 0, reference="B-3"), new_receipt(account, 1, reference=" B-4"),
        new_receipt(account, 1, reference="B-5", received_on=TODAY + timedelta(days=1)),
    ]  # fmt: skip
    with pytest.raises(Refused) as refusal:
        acts.record_receipts(receipts=wrong, **CLERK)
    assert [(it.row, it.field) for it in refusal.value.problems] == [
        (2, "account_id"), (3, "amount_cents"), (4, "reference"), (5, "received_on"),
    ]  # fmt: skip
    assert not Receipt.objects.exists()


@pytest.mark.django_db
def test_a_returned_payment_is_owed_again_and_frees_its_bill():
    account = make_account()
    bill = make_issued_bill(account, 800)
    reference = make_receipt(account, 1_000)
    allocate(account)
    assert paid(account) == {bill: 800}
    give_back(reference)
    assert paid(account) == {}
    assert facts.open_cents([(account, bill)]) == {bill: 800}
    assert ledger_facts.balance(account) == 800
    assert facts.receipts_of(account)[0].return_reason == "sans provision"
    allocate(account)
    assert paid(account) == {}


@pytest.mark.django_db
def test_a_payment_is_returned_once_after_it_came():
    reference = make_receipt(make_account(), 1_000)
    with pytest.raises(Refused, match="Aucun paiement"):
        give_back("inconnu")
    for wrong in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(Refused, match="Le retour vient après"):
            give_back(reference, wrong)
    give_back(reference)
    with pytest.raises(Refused, match="déjà retourné"):
        give_back(reference)


@pytest.mark.django_db
def test_the_oldest_money_pays_the_bill_due_first():
    account = make_account()
    may, january, march = (make_issued_bill(account, 1_000, due_on=due) for due in (MAY, JANUARY, MARCH))
    first = make_receipt(account, 1_500, received_on=date(2025, 2, 1))
    make_receipt(account, 700, received_on=date(2025, 4, 1))
    assert allocate(account) == 4
    assert paid(account) == {january: 1_000, march: 1_000, may: 200}
    assert allocate(account) == 0
    assert facts.open_cents([(account, it) for it in (january, march, may)]) == {january: 0, march: 0, may: 800}
    give_back(first)
    allocate(account)
    assert paid(account) == {march: 500, may: 200}


@pytest.mark.django_db
def test_a_credit_note_pays_first_the_bill_it_takes_back():
    account = make_account()
    old, wrong = make_issued_bill(account, 1_000, due_on=JANUARY), make_issued_bill(account, 600, due_on=MARCH)
    make_issued_bill(account, -600, reverses_id=wrong)
    allocate(account)
    assert paid(account) == {wrong: 600}
    make_issued_bill(account, -50)
    allocate(account)
    assert paid(account) == {wrong: 600, old: 50}


@pytest.mark.django_db
def test_without_accounts_told_all_that_hold_a_credit_are_looked_at():
    one, two, without = make_account(), make_account(), make_account()
    bills = [make_issued_bill(account, 100) for account in (one, two, without)]
    make_receipt(one, 100)
    make_issued_bill(two, -40)
    assert facts.accounts_with_credit() == [one, two]
    allocate()
    assert (paid(one), paid(two), paid(without)) == ({bills[0]: 100}, {bills[1]: 40}, {})
    assert facts.accounts_with_credit() == []


AMOUNTS = st.lists(st.integers(1, 500), max_size=5)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bills=AMOUNTS, credits=AMOUNTS, receipts=AMOUNTS)
def test_all_that_can_be_paid_is_paid_and_not_a_cent_more(bills, credits, receipts):
    account = make_account()
    made = [make_issued_bill(account, cents, due_on=JANUARY + timedelta(days=cents)) for cents in bills]
    for cents in credits:
        make_issued_bill(account, -cents)
    for cents in receipts:
        make_receipt(account, cents)
        allocate(account)
    allocate(account)
    received = paid(account)
    assert sum(received.values()) == min(sum(bills), sum(credits) + sum(receipts))
    by_due = sorted(zip(bills, made, strict=True))
    open_bills = [bill for cents, bill in by_due if received.get(bill, 0) < cents]
    assert all(received.get(bill, 0) == 0 for bill in open_bills[1:])  # one bill at most is paid in part


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("receipt", "credit", "bill", "cents"),
    [("receipt", 0, "bill", 401), ("receipt", 0, "small", 51), (0, "credit", "bill", 31), ("receipt", 0, "bill", -1),
     ("receipt", 0, "credit", 1), ("receipt", 0, "elsewhere", 1)],
)  # fmt: skip
def test_the_database_refuses_an_allocation_beyond_what_there_is(receipt, credit, bill, cents):
    account = make_account()
    make_receipt(account, 400, reference="B-1")
    ids = {
        "receipt": facts.receipts_of(account)[0].id, "bill": make_issued_bill(account, 1_000),
        "small": make_issued_bill(account, 50), "credit": make_issued_bill(account, -30),
        "elsewhere": make_issued_bill(make_account(), 1_000),
    }  # fmt: skip
    row = Allocation(
        account_id=account, receipt_id=ids.get(receipt, 0), credit_bill_id=ids.get(credit, 0), bill_id=ids[bill],
        on=TODAY, amount_cents=cents,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="Affectations de"), transaction.atomic():
        row.save(force_insert=True)
    with connection.cursor() as cursor:  # without its guard it would pass: the guard is what refuses
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP TRIGGER payments_allocation_never_too_much ON payments_allocation")
    row.save(force_insert=True)


def twice(first_account: int, second_account: int) -> object:
    """The same reference from two connections at once; what became of the second."""

    def receive(account: int) -> list[int]:
        return acts.record_receipts(receipts=[new_receipt(account, 500, reference="B-1")], **CLERK)

    _, second = while_another(lambda: receive(first_account), lambda: receive(second_account))
    return second


def test_the_same_reference_at_two_counters_at_once_is_one_receipt(own_database):
    account = make_account()
    second = twice(account, account)
    assert second == [receipt.pk for receipt in Receipt.objects.all()]
    assert ledger_facts.balance(account) == -500


def test_without_the_lock_the_reference_alone_still_makes_one_receipt(own_database, monkeypatch):
    account = make_account()
    monkeypatch.setattr(ledger, "lock_accounts", set)
    assert twice(account, account) == [receipt.pk for receipt in Receipt.objects.all()]
    assert ledger_facts.balance(account) == -500


def test_the_same_reference_for_two_accounts_at_once_refuses_the_second(own_database):
    one, two = make_account(), make_account()
    assert isinstance(twice(one, two), Refused)
    assert ledger_facts.balances([one, two]) == {one: -500, two: 0}


def test_an_act_that_looks_before_it_inserts_would_count_the_money_twice(own_database, monkeypatch):
    def look_then_insert(receipts: list[acts.NewReceipt]) -> set[int]:
        known = facts.receipts_referenced(it.reference for it in receipts)
        fields = ("account_id", "received_on", "amount_cents", "channel", "reference")
        rows = [{name: getattr(it, name) for name in fields} for it in receipts if it.reference not in known]
        return {Receipt.objects.create(**row).pk for row in rows}

    account = make_account()
    monkeypatch.setattr(ledger, "lock_accounts", set)
    monkeypatch.setattr(acts, "_insert", look_then_insert)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_receipt DROP CONSTRAINT payments_receipt_reference_key")
    twice(account, account)
    assert ledger_facts.balance(account) == -1_000


def test_money_allocated_from_two_sides_at_once_pays_once(own_database):
    account = make_account()
    with transaction.atomic():
        bill = make_issued_bill(account, 1_000)
    make_receipt(account, 600)
    first, second = while_another(lambda: allocate(account), lambda: allocate(account))
    assert (first, second) == (1, 0)
    assert paid(account) == {bill: 600}


def test_without_the_lock_the_same_money_would_pay_twice(own_database, monkeypatch):
    account = make_account()
    with transaction.atomic():
        make_issued_bill(account, 1_000)
    make_receipt(account, 600)
    monkeypatch.setattr(ledger, "lock_accounts", set)
    while_another(lambda: allocate(account), lambda: allocate(account))
    assert sum(paid(account).values()) == 1_200
