"""A request for a subscription: the bylaw answers; a yes opens it on its day, a no is kept with its why."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from billing import bill_of, bill_on
from concurrency import while_another
from django.db import DatabaseError, connection, transaction
from factories import (
    CLERK,
    LONG_AGO,
    TODAY,
    make_account,
    make_customer,
    make_delivery_point,
    make_issued_bill,
    make_place,
    make_readings,
    make_receipt,
    make_subscription,
)

from fanal.law.conditions.ch02_subscription import Channel, IdentityPiece, Information, Occupancy
from fanal.law.conditions.part8_definitions import RateClass, Use
from fanal.records.billing.requests import NewRequest, preview_subscription, request_subscription
from fanal.records.customers import facts as customers
from fanal.records.customers.acts import NewContact, NewCustomer
from fanal.records.journal.facts import events_about
from fanal.records.ledger import facts as ledger
from fanal.records.subscriptions import acts, facts
from fanal.records.subscriptions.models import Request, Subscription
from fanal.values.refusal import Refused

CALL, PAPER, MOVE = date(2025, 11, 3), date(2025, 11, 5), date(2025, 11, 12)
VAL_DOREE = Path(__file__).parents[1] / "law" / "parameters" / "val_doree"
TENANT = (
    Information.BILLING_ADDRESS, Information.CURRENT_ADDRESS, Information.PREVIOUS_ADDRESS,
    Information.SOCIAL_INSURANCE_NUMBER, Information.LEASE,
)  # fmt: skip
PIECES = (IdentityPiece.DRIVING_LICENCE, IdentityPiece.HEALTH_INSURANCE_CARD)
ROSE = NewCustomer(
    kind="PERSON", name="Gagnon", given_name="Rose", contacts=[NewContact(kind="PHONE", value="418 555-0110")]
)


def asked(point: int, **told: Any) -> NewRequest:
    """A tenant calls, and gives everything."""
    known: dict[str, Any] = {
        "delivery_point_id": point, "received_on": CALL, "channel": Channel.TELEPHONE, "use": Use.DOMESTIC,
        "rate_class": RateClass.DOMESTIC, "book": "hydro_quebec/D", "occupancy": Occupancy.TENANT, "customer": ROSE,
        "provided": TENANT, "identity_pieces": PIECES, "agreed_on": MOVE,
    }  # fmt: skip
    return NewRequest(**(known | told))


def rows() -> dict[str, int]:
    """How many rows each table of the records holds."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            if table.partition("_")[0] in ("subscriptions", "customers", "ledger", "journal"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                found[table] = cursor.fetchone()[0]
        return found


@pytest.mark.django_db
def test_a_tenant_without_her_lease_is_refused_brings_it_is_accepted_and_billed_from_the_agreed_day():
    place = make_place(opening=100)
    without = asked(place.point, provided=TENANT[:-1])
    first = request_subscription(request=without, by="paul", on=CALL)
    assert not first.accepted
    assert [it.rule for it in first.may.obstacles] == ["information_is_complete"]
    assert first.may.obstacles[0].facts["missing"]["fr"] == "copie du bail"
    assert (first.fee_cents, first.subscription_id) == (0, None)
    assert not Subscription.objects.exists()

    second = request_subscription(request=asked(place.point, received_on=PAPER), by="paul", on=PAPER)
    assert (second.accepted, second.starts_on, second.fee_cents) == (True, MOVE, 2500)
    known = facts.subscriptions([second.subscription_id])[second.subscription_id]
    assert (known.starts_on, known.delivery_point_id, known.domestic) == (MOVE, place.point, True)
    assert customers.customers(known.holder_ids)[known.holder_ids[0]].full_name == "Rose Gagnon"
    assert [it.accepted for it in Request.objects.order_by("pk")] == [False, True]
    [event] = events_about(f"request:{second.request_id}")
    assert (event.act, event.by, event.grounds["subscription"]) == ("request_subscription", "paul", known.id)

    make_readings(place, [600, 1500], first_on=MOVE, every=62)
    bill = bill_of(bill_on(TODAY), known.id)
    assert (bill.from_on, bill.account_id) == (MOVE, known.account_id)
    assert bill.kwh == 900_000


@pytest.mark.django_db
def test_what_is_kept_says_every_ground_and_what_was_given_by_its_name_only():
    point, _ = make_delivery_point()
    answer = request_subscription(request=asked(point), by="paul", on=CALL)
    kept = Request.objects.get(pk=answer.request_id)
    assert [it["rule"] for it in kept.answer["grounds"]] == [
        "rate_is_offered", "channel_is_right", "information_is_complete", "information_is_right", "all_sums_are_paid",
        "subscription_fee_is_charged", "characteristics_are_confirmed",
    ]  # fmt: skip
    assert all(it["text"]["fr"] and it["text"]["en"] for it in kept.answer["grounds"] + kept.start["grounds"])
    assert kept.start["outcome"] == MOVE.isoformat()
    assert {"SOCIAL_INSURANCE_NUMBER", "TELEPHONE", "WANTED_ON", "NAME"} <= set(kept.provided)
    assert kept.identity_pieces == ["DRIVING_LICENCE", "HEALTH_INSURANCE_CARD"]


@pytest.mark.django_db
def test_without_an_agreed_day_it_starts_on_the_day_of_the_request_or_when_new_once_energized():
    told = {"agreed_on": None, "provided": (*TENANT, Information.WANTED_ON)}
    old, _ = make_delivery_point()
    assert request_subscription(request=asked(old, **told), by="paul", on=PAPER).starts_on == CALL
    new, _ = make_delivery_point(energised_on=MOVE)
    by_phone = preview_subscription(request=asked(new, **told), by="paul", on=PAPER)
    assert [it.rule for it in by_phone.may.obstacles] == ["channel_is_right", "information_is_complete"]
    told["provided"] += (Information.NOMINAL_CURRENT, Information.CONNECTED_LOADS, Information.DEMAND)
    in_writing = asked(new, channel=Channel.WRITING, **told)
    assert request_subscription(request=in_writing, by="paul", on=PAPER).starts_on == MOVE


@pytest.mark.django_db
def test_a_place_that_is_taken_says_by_whom_and_nothing_is_kept():
    point, number = make_delivery_point()
    there = make_subscription(point=point)
    before = rows()
    with pytest.raises(Refused, match=f"Un abonnement de Rose Tremblay court à {number} depuis le 1er janvier 2023, "):
        request_subscription(request=asked(point), by="paul", on=CALL)
    assert rows() == before
    acts.end_subscriptions(endings={there: MOVE}, **CLERK)
    assert request_subscription(request=asked(point), by="paul", on=CALL).starts_on == MOVE


@pytest.mark.django_db
def test_somebody_who_comes_later_takes_the_place_too():
    point, _ = make_delivery_point()
    make_subscription(point=point, starts_on=date(2026, 3, 1))
    with pytest.raises(Refused, match="depuis le 1er mars 2026, sans fin prévue"):
        request_subscription(request=asked(point), by="paul", on=CALL)


@pytest.mark.django_db
def test_who_owes_on_any_of_their_accounts_pays_first_then_keeps_the_account():
    customer, account, other = make_customer(), make_account(), make_account()
    for of, starts_on in ((other, LONG_AGO), (account, date(2024, 1, 1))):
        make_subscription(account_id=of, holder_ids=[customer], starts_on=starts_on)
    make_issued_bill(other, 12345, due_on=TODAY - timedelta(days=1))
    make_receipt(account, 500)  # a credit there does not pay what is owed elsewhere
    point, _ = make_delivery_point()
    number = ledger.accounts([account])[account].number
    known = asked(point, customer=None, account_number=number, received_on=TODAY, agreed_on=TODAY,
                  provided=(*TENANT, Information.TELEPHONE))  # fmt: skip

    owing = request_subscription(request=known, **CLERK)
    assert (owing.accepted, owing.owed_cents) == (False, 12345)
    assert [it.rule for it in owing.may.obstacles] == ["all_sums_are_paid"]

    make_receipt(other, 12345)
    make_issued_bill(other, 8_000, due_on=TODAY)  # she has until tonight
    paid = request_subscription(request=known, **CLERK)
    opened = facts.subscriptions([paid.subscription_id])[paid.subscription_id]
    assert (opened.account_id, opened.holder_ids) == (account, (customer,))


@pytest.mark.django_db
def test_another_municipality_answers_by_its_own_figures(settings: Any):
    large = {"rate_class": RateClass.LARGE_POWER, "book": "hydro_quebec/L", "use": Use.OTHER,
             "channel": Channel.WRITING, "provided": (*TENANT, Information.ACTIVITIES)}  # fmt: skip
    points = [make_delivery_point()[0] for _ in range(3)]
    assert request_subscription(request=asked(points[0], **large), by="paul", on=CALL).fee_cents == 2500
    settings.FANAL_BYLAW = str(VAL_DOREE)
    refused = request_subscription(request=asked(points[1], **large), by="paul", on=CALL)
    assert [it.rule for it in refused.may.obstacles] == ["rate_is_offered"]
    assert request_subscription(request=asked(points[2]), by="paul", on=CALL).fee_cents == 3000


@pytest.mark.django_db
def test_what_is_shown_is_what_would_be_done_and_leaves_no_row():
    point, _ = make_delivery_point()
    before = rows()
    shown = preview_subscription(request=asked(point), by="paul", on=CALL)
    assert rows() == before
    done = request_subscription(request=asked(point), by="paul", on=CALL, shown=True)
    assert (shown.may, shown.starts, shown.fee_cents) == (done.may, done.starts, done.fee_cents)
    assert rows() != before


@pytest.mark.django_db
def test_an_answer_that_changed_since_it_was_shown_is_not_acted_on():
    point, _ = make_delivery_point()
    with pytest.raises(Refused, match="a changé depuis qu’elle a été montrée"):
        request_subscription(request=asked(point, provided=()), by="paul", on=CALL, shown=True)
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"received_on": PAPER}, "ne peut être reçue après aujourd’hui"),
        ({"received_on": date(1999, 1, 1)}, "Le règlement ne dit rien du 1er janvier 1999"),
        ({"agreed_on": date(9999, 12, 31)}, "Le début convenu est dans plus d’un an"),
        ({"customer": replace(ROSE, name="Ga\u202egnon")}, "un caractère invisible"),
        ({"customer": None}, "Une demande dit qui demande"),
        ({"customer": NewCustomer(kind="PERSON", name=" ")}, "Le nom du client manque"),
        ({"customer": NewCustomer(kind="ROBOT", name="x")}, "n’est pas une sorte de client"),
        ({"account_number": "0000000019"}, "Aucun compte ne porte le numéro"),
        ({"account_number": "\x00'; DROP TABLE"}, "Aucun compte ne porte le numéro"),
        ({"delivery_point_id": 0}, "Le point de livraison 0 n’existe pas"),
        ({"multiplier": 0}, "Le multiplicateur compte à partir de 1"),
        ({"units": -1}, "ne peut être négatif"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_asked_is_refused_whole(told: dict[str, Any], said: str):
    point, _ = make_delivery_point()
    before = rows()
    with pytest.raises(Refused, match=said):
        request_subscription(request=replace(asked(point), **told), by="paul", on=CALL)
    assert rows() == before


@pytest.mark.django_db
def test_an_account_that_never_had_a_subscription_is_nobodys():
    point, _ = make_delivery_point()
    number = ledger.accounts([account := make_account()])[account].number
    with pytest.raises(Refused, match="n’a jamais eu d’abonnement"):
        request_subscription(request=asked(point, account_number=number), by="paul", on=CALL)


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE subscriptions_request SET accepted = NOT accepted",
        "DELETE FROM subscriptions_request",
        "INSERT INTO subscriptions_request SELECT (r).* FROM (SELECT jsonb_populate_record(q, "
        '\'{"id": 0, "provided": ["046 454 286"]}\') r FROM subscriptions_request q) x',
        "INSERT INTO subscriptions_request SELECT (r).* FROM (SELECT jsonb_populate_record(q, "
        '\'{"id": 0, "accepted": true}\') r FROM subscriptions_request q) x',
        "INSERT INTO subscriptions_request SELECT (r).* FROM (SELECT jsonb_populate_record(q, "
        '\'{"id": 0, "decided_by": " "}\') r FROM subscriptions_request q) x',
    ],
    ids=["changed", "deleted", "a number of a person", "a yes that opens nothing", "decided by nobody"],
)
@pytest.mark.django_db
def test_the_database_refuses_a_request_that_changes_or_contradicts_itself(planted: str):
    point, _ = make_delivery_point()
    request_subscription(request=asked(point, provided=()), by="paul", on=CALL)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(planted)
    with connection.cursor() as cursor:  # the same row under another id is let in
        cursor.execute(
            "INSERT INTO subscriptions_request SELECT (r).* FROM (SELECT jsonb_populate_record(q, '{\"id\": 0}') r "
            "FROM subscriptions_request q) x"
        )


def test_of_two_clerks_at_the_same_point_the_second_is_told_who_is_there(own_database: Any):
    point, number = make_delivery_point()
    jean = replace(ROSE, given_name="Jean")

    def ask(who: NewCustomer) -> Any:
        return lambda: request_subscription(request=asked(point, customer=who), by="paul", on=CALL)

    first, second = while_another(ask(ROSE), ask(jean))
    assert first.accepted
    assert isinstance(second, Refused)
    assert f"Un abonnement de Rose Gagnon court à {number}" in str(second)
    assert (Subscription.objects.count(), Request.objects.count()) == (1, 1)
