"""A customer asks to end a subscription: the bylaw gives the day, or what stands against it (article 5.1.1)."""

from datetime import date, timedelta
from typing import Any

import pytest
from factories import TODAY, make_account, make_issued_bill, make_subscription

from fanal.law.conditions.part8_definitions import RateClass
from fanal.records.billing.endings import EndAsked, end_subscription, preview_ending
from fanal.records.journal import facts as journal
from fanal.records.subscriptions import facts
from fanal.values.refusal import Refused
from tests.billing import bill_of, bill_on

pytestmark = pytest.mark.django_db
CALL = TODAY - timedelta(days=3)


def asked(subscription: int, **told: Any) -> EndAsked:
    known: dict[str, Any] = {"received_on": CALL, "rate_class": RateClass.DOMESTIC}
    return EndAsked(subscription_id=subscription, **(known | told))


def end(request: EndAsked) -> Any:
    return end_subscription(asked=request, by="paul", on=TODAY)


def ends_on(subscription: int) -> date | None:
    return facts.subscriptions([subscription])[subscription].ends_on


def test_a_house_ends_on_the_day_of_the_call_and_the_journal_keeps_why():
    subscription = make_subscription()
    assert end(asked(subscription)).ends.outcome == CALL

    assert ends_on(subscription) == CALL
    [event] = [it for it in journal.events_about(f"subscription:{subscription}") if it.act == "end_subscriptions"]
    assert event.by == "paul"
    assert event.grounds["ends_on"] == {str(subscription): CALL.isoformat()}
    assert event.grounds["may"]["outcome"] is True
    assert [it["rule"] for it in event.grounds["ends"]["grounds"]] == ["request_ends_at_once", "later_day_is_wanted"]
    assert all(it["text"]["fr"] and it["text"]["en"] for it in event.grounds["ends"]["grounds"])


def test_a_later_day_is_kept_and_an_earlier_one_is_not():
    later, earlier = make_subscription(), make_subscription()
    end(asked(later, wanted_on=TODAY + timedelta(days=20)))
    end(asked(earlier, wanted_on=CALL - timedelta(days=20)))
    assert (ends_on(later), ends_on(earlier)) == (TODAY + timedelta(days=20), CALL)


def test_medium_power_gives_thirty_days_of_notice_unless_the_service_is_temporary():
    lasting, temporary = make_subscription(), make_subscription()
    received = date(2025, 11, 6)  # the thirtieth day, the 6th of December, is a Saturday
    end(asked(lasting, rate_class=RateClass.MEDIUM_POWER, received_on=received))
    end(asked(temporary, rate_class=RateClass.MEDIUM_POWER, received_on=received, temporary=True))
    assert (ends_on(lasting), ends_on(temporary)) == (date(2025, 12, 8), received)


def test_who_owes_and_stays_is_refused_and_who_owes_and_leaves_is_not():
    account = make_account()
    stays, leaves = make_subscription(account_id=account), make_subscription(account_id=account)
    make_issued_bill(account, 12_345, due_on=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match=r"Vous devez 123,45.\$"):
        end(asked(stays, still_served=True))
    assert ends_on(stays) is None
    end(asked(leaves))
    assert ends_on(leaves) == CALL


def test_all_that_stands_against_an_end_is_said():
    subscription = make_subscription(account_id=(account := make_account()))
    make_issued_bill(account, 12_345, due_on=TODAY - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        end(asked(subscription, still_served=True, only_escapes_a_condition=True))
    assert len(refused.value.problems) == 2
    assert "Vous devez" in str(refused.value)
    assert "éviter une modalité" in str(refused.value)


def test_what_is_not_due_yet_keeps_nobody():
    subscription = make_subscription(account_id=(account := make_account()))
    make_issued_bill(account, 12_345, due_on=TODAY)
    end(asked(subscription, still_served=True))
    assert ends_on(subscription) == CALL


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"only_escapes_a_condition": True}, "éviter une modalité"),
        ({"received_on": TODAY + timedelta(days=1)}, "ne peut être reçue après aujourd’hui"),
        ({"wanted_on": TODAY + timedelta(days=367)}, "Le jour voulu est dans plus d’un an"),
        ({"received_on": date(1999, 1, 1)}, "Le règlement ne dit rien du 1er janvier 1999"),
        ({"received_on": date(2022, 6, 1)}, "il ne peut finir le"),
        ({"subscription_id": 0}, "n’existe pas"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_ends(told: dict[str, Any], said: str):
    subscription = make_subscription()
    known = {"subscription_id": subscription, "received_on": CALL, "rate_class": RateClass.DOMESTIC}
    with pytest.raises(Refused, match=said):
        end(EndAsked(**(known | told)))
    assert ends_on(subscription) is None


def test_an_end_once_set_is_not_moved():
    subscription = make_subscription()
    end(asked(subscription))
    with pytest.raises(Refused, match="a déjà pris fin"):
        end(asked(subscription, wanted_on=TODAY + timedelta(days=9)))


def test_what_is_shown_is_what_is_done_and_writes_nothing():
    subscription = make_subscription()
    shown = preview_ending(asked=asked(subscription), on=TODAY)
    assert ends_on(subscription) is None
    assert end(asked(subscription)) == shown


def test_days_billed_beyond_the_end_are_told(billed_house: tuple[int, date]):
    subscription, billed_to = billed_house
    shown = preview_ending(asked=asked(subscription, received_on=billed_to - timedelta(days=9)), on=billed_to)
    assert shown.billed_to == billed_to > shown.ends.outcome


@pytest.fixture
def billed_house() -> tuple[int, date]:
    """A house billed once: its subscription, and the end of the days that were billed."""
    from factories import make_place, make_readings

    place = make_place(opening=100, starts_on=date(2025, 5, 1))
    subscription = make_subscription(point=place.point, starts_on=date(2025, 5, 1))
    last = make_readings(place, [900, 1_700], first_on=date(2025, 6, 1), every=30)
    return subscription, bill_of(bill_on(last), subscription).to_on
