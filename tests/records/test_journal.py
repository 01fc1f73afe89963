"""An act is one line of the journal, and a refused act is none."""

from datetime import timedelta

import pytest
from factories import (
    CLERK,
    TODAY,
    make_account,
    make_customer,
    make_delivery_point,
    make_meter,
    make_place,
    make_receipt,
    make_subscription,
    typed,
)

from fanal.records.journal.models import Event
from fanal.records.ledger import acts as ledger
from fanal.records.metering import acts as metering
from fanal.records.metering.acts import RegisterKind
from fanal.records.payments import acts as payments
from fanal.records.subscriptions import acts as subscriptions
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db


def exchange() -> None:
    place, (meter, _, _) = make_place(), make_meter()
    new = metering.Exchange(
        delivery_point_id=place.point,
        exchanged_on=TODAY,
        closing={RegisterKind.KWH: 5},
        meter_id=meter,
        opening={RegisterKind.KWH: 0},
    )
    metering.exchange_meters(exchanges=[new], **CLERK)


def give_back() -> None:
    new = payments.NewReturn(reference=make_receipt(make_account(), 5), returned_on=TODAY, reason="sans provision")
    payments.return_payments(returns=[new], **CLERK)


def close() -> None:
    ledger.close_period(through_on=TODAY - timedelta(days=1), **CLERK)


@pytest.mark.parametrize(
    ("act", "do"),
    [
        ("register_customers", make_customer),
        ("register_premises", make_delivery_point),
        ("open_accounts", make_account),
        ("open_subscriptions", make_subscription),
        ("end_subscriptions", lambda: subscriptions.end_subscriptions(endings={make_subscription(): TODAY}, **CLERK)),
        ("add_holder", lambda: subscriptions.add_holder(
            subscription_id=make_subscription(), customer_id=make_customer(), **CLERK)),
        ("register_meters", make_meter),
        ("install_meters", make_place),
        ("exchange_meters", exchange),
        ("record_readings", lambda: metering.record_readings(readings=[typed(make_place(), 5, TODAY)], **CLERK)),
        ("record_receipts", lambda: make_receipt(make_account(), 5)),
        ("return_payments", give_back),
        ("allocate", lambda: payments.allocate(account_ids=[make_account()], **CLERK)),
        ("close_period", close),
    ],
)  # fmt: skip
def test_each_act_is_one_line_with_its_author_and_its_day(act, do):
    do()
    event = Event.objects.latest("pk")
    assert (event.act, event.by, event.on) == (act, "commis", TODAY)
    assert Event.objects.filter(act=act).count() == 1


def test_a_refused_act_leaves_no_line():
    place = make_place()
    before = Event.objects.count()
    with pytest.raises(Refused):
        metering.record_readings(readings=[typed(place, 5, TODAY), typed(place, 6, TODAY + timedelta(days=1))], **CLERK)
    assert Event.objects.count() == before
