"""At one delivery point, one subscription a day; several may hold it."""

from datetime import date

import pytest
from concurrency import while_another
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from factories import CLERK, LONG_AGO, make_account, make_customer, make_delivery_point, make_subscription

from fanal.records.journal.facts import events_about
from fanal.records.premises import facts as places
from fanal.records.subscriptions import acts, facts
from fanal.records.subscriptions.models import Subscription
from fanal.values.refusal import Refused

MOVE = date(2025, 7, 1)
CONSTRAINT = "one_subscription_per_delivery_point_and_day"


def new(point: int, **told: object) -> acts.NewSubscription:
    known = {"book": "hydro_quebec/D", "starts_on": LONG_AGO, "delivery_point_id": point}
    return acts.NewSubscription(**(known | told))


@pytest.mark.django_db
def test_the_next_customer_starts_the_day_the_former_one_ends():
    point, _ = make_delivery_point()
    former = make_subscription(point=point)
    acts.end_subscriptions(endings={former: MOVE}, **CLERK)
    following = make_subscription(point=point, starts_on=MOVE)
    assert facts.subscription_at(point, date(2025, 6, 30)).id == former
    assert facts.subscription_at(point, MOVE).id == following
    assert facts.subscription_at(point, date(2022, 12, 31)) is None
    assert [it.act for it in events_about(f"subscription:{former}")] == ["open_subscriptions", "end_subscriptions"]


@pytest.mark.django_db
def test_an_overlap_is_refused_with_the_one_that_is_there():
    point, number = make_delivery_point()
    there = make_subscription(point=point)
    with pytest.raises(Refused) as refusal:
        make_subscription(point=point, starts_on=MOVE)
    [problem] = refusal.value.problems
    assert problem.row == 1
    assert problem.reason == (
        f"L’abonnement {there} couvre déjà le point de livraison {number} depuis le 1er janvier 2023, sans fin prévue."
    )


@pytest.mark.django_db
def test_the_database_refuses_the_overlap_that_the_act_did_not_see(monkeypatch):
    monkeypatch.setattr(acts, "_overlapping", lambda subscriptions: [])
    point, _ = make_delivery_point()
    make_subscription(point=point)
    with pytest.raises(Refused, match="couvre déjà une partie de ces jours"), transaction.atomic():
        make_subscription(point=point, starts_on=MOVE)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE subscriptions_subscription DROP CONSTRAINT {CONSTRAINT}")
    make_subscription(point=point, starts_on=MOVE)  # without the constraint, two at once


@pytest.mark.django_db
def test_every_wrong_row_is_told_and_nothing_is_written():
    point, _ = make_delivery_point()
    account, customer = make_account(), make_customer()
    good = {"account_id": account, "holder_ids": [customer]}
    wrong = [
        new(point, **good, ends_on=LONG_AGO),
        new(point, account_id=0, holder_ids=[]),
        new(0, **good, multiplier=0),
        new(point, account_id=account, holder_ids=[customer, customer, 0]),
    ]
    with pytest.raises(Refused) as refusal:
        acts.open_subscriptions(subscriptions=wrong, **CLERK)
    assert [(it.row, it.field) for it in refusal.value.problems] == [
        (1, "ends_on"), (2, "account_id"), (2, "holder_ids"), (3, "delivery_point_id"), (3, "multiplier"),
        (4, "holder_ids"), (4, "holder_ids"),
    ]  # fmt: skip
    assert not Subscription.objects.exists()


@pytest.mark.django_db
def test_a_subscription_ends_once_after_its_start():
    known = make_subscription()
    with pytest.raises(Refused, match="ne peut finir"):
        acts.end_subscriptions(endings={known: LONG_AGO}, **CLERK)
    acts.end_subscriptions(endings={known: MOVE}, **CLERK)
    with pytest.raises(Refused, match="a déjà pris fin le 1er juillet 2025"):
        acts.end_subscriptions(endings={known: date(2025, 8, 1)}, **CLERK)
    with pytest.raises(Refused, match="n’existe pas"):
        acts.end_subscriptions(endings={known + 1: MOVE}, **CLERK)


@pytest.mark.django_db
def test_several_customers_hold_one_subscription_the_first_is_written_to():
    first, second = make_customer(), make_customer()
    known = make_subscription(holder_ids=[first])
    acts.add_holder(subscription_id=known, customer_id=second, **CLERK)
    assert facts.subscriptions([known])[known].holder_ids == (first, second)
    with pytest.raises(Refused, match="déjà titulaire"):
        acts.add_holder(subscription_id=known, customer_id=second, **CLERK)


@pytest.mark.django_db
def test_one_owner_is_on_file_for_a_place_and_day():
    point, _ = make_delivery_point()
    place = places.delivery_points([point])[point].premises_id
    owner = make_customer()
    agreement = acts.NewOwnerAgreement(premises_id=place, customer_id=owner, starts_on=LONG_AGO)
    acts.put_owners_on_file(agreements=[agreement], **CLERK)
    assert facts.owner_on_file(place, MOVE) == owner
    assert facts.owner_on_file(place, date(2022, 1, 1)) is None
    with pytest.raises(Refused, match="Un autre propriétaire"):
        acts.put_owners_on_file(agreements=[agreement], **CLERK)


@pytest.fixture
def blind(monkeypatch):
    """The act neither locks nor looks."""
    monkeypatch.setattr(acts, "_overlapping", lambda subscriptions: [])
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **told: self)


def two_clerks() -> tuple[list[int], object]:
    point, _ = make_delivery_point()
    people = {"account_id": make_account(), "holder_ids": [make_customer()]}

    def open_one() -> list[int]:
        return acts.open_subscriptions(subscriptions=[new(point, **people)], **CLERK)

    return while_another(open_one, open_one)


def test_of_two_clerks_at_the_same_point_one_wins_and_the_other_is_told_why(own_database):
    [first], second = two_clerks()
    assert isinstance(second, Refused)
    assert f"L’abonnement {first} couvre déjà" in str(second)
    assert Subscription.objects.count() == 1


def test_a_blind_act_is_still_stopped_by_the_constraint(own_database, blind):
    _, second = two_clerks()
    assert isinstance(second, Refused)
    assert Subscription.objects.count() == 1


def test_without_the_constraint_both_blind_clerks_would_win(own_database, blind):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE subscriptions_subscription DROP CONSTRAINT {CONSTRAINT}")
    two_clerks()
    assert Subscription.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["book = 'ailleurs/X'", "starts_on = '2024-01-01'", "ends_on = NULL, multiplier = 9"]
)
def test_the_database_lets_only_the_end_of_a_subscription_change(change):
    subscription = make_subscription()
    statement = f"UPDATE subscriptions_subscription SET {change} WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE subscriptions_subscription SET ends_on = %s WHERE id = %s", [MOVE, subscription])
        with pytest.raises(IntegrityError, match="seule la date de fin peut changer"), transaction.atomic():
            cursor.execute(statement, [subscription])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP TRIGGER subscriptions_subscription_only_ended ON subscriptions_subscription")
        cursor.execute(statement, [subscription])  # without its guard it passes: the guard is what refuses


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["NULL", "ends_on + 1"])
def test_the_database_never_moves_the_end_of_a_subscription_once_it_is_dated(change):
    subscription = make_subscription()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE subscriptions_subscription SET ends_on = %s WHERE id = %s", [MOVE, subscription])
        with pytest.raises(IntegrityError, match="ne se déplace plus"), transaction.atomic():
            cursor.execute(f"UPDATE subscriptions_subscription SET ends_on = {change} WHERE id = %s", [subscription])
