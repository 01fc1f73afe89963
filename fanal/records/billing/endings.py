"""End a subscription at its customer's request (article 5.1.1): the bylaw answers, a yes ends it on its day."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction

from fanal.law import explain
from fanal.law.conditions import ch05_end as ch05
from fanal.law.conditions.part8_definitions import RateClass
from fanal.law.decision import Decision
from fanal.law.delays import holidays
from fanal.law.in_force import ParameterError, in_force
from fanal.records.billing import facts
from fanal.records.billing.requests import AHEAD
from fanal.records.elsewhere import promises
from fanal.records.ledger import acts as ledger
from fanal.records.subscriptions import acts
from fanal.records.subscriptions.models import Subscription
from fanal.values.refusal import Problem, refuse, refuse_any


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAsked:
    """Demande de résiliation: when it came, the first day wanted without the subscription, and what 5.1.1 asks."""

    subscription_id: int
    received_on: date
    rate_class: RateClass
    wanted_on: date | None = None
    temporary: bool = False
    still_served: bool = False  # whoever asks stays in the place
    only_escapes_a_condition: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What the bylaw answers: whether it may end, and the first day without it."""

    may: Decision[bool]
    ends: Decision[date]
    owed_cents: int
    plan_cents: int  # the monthly instalment of equal payments, which end with it (4.4); 0 for none
    billed_to: date | None  # days that live bills count already; later than the end, the last bill is to correct


def preview_ending(*, asked: EndAsked, on: date) -> Ending:
    """Montrer la réponse, by the figures of the day of the request. Writes nothing."""
    known = Subscription.objects.filter(pk=asked.subscription_id).first()
    if known is None:
        raise refuse("L’abonnement {id} n’existe pas.", field="subscription_id", id=str(asked.subscription_id))
    if asked.received_on > on:
        raise refuse("La demande ne peut être reçue après aujourd’hui.", field="received_on")
    if asked.wanted_on is not None and asked.wanted_on > on + AHEAD:
        raise refuse("Le jour voulu est dans plus d’un an : l’année est peut-être à corriger.", field="wanted_on")
    owed_cents = facts.overdue([known.account_id], on)[known.account_id]
    case = ch05.EndRequest(
        rate_class=asked.rate_class, received_on=asked.received_on, wanted_on=asked.wanted_on,
        temporary=asked.temporary, owed_cents=owed_cents, still_served=asked.still_served,
        only_escapes_a_condition=asked.only_escapes_a_condition,
    )  # fmt: skip
    try:
        terms = in_force(ch05.Terms, settings.FANAL_BYLAW, "ch05_end", on=asked.received_on)
    except ParameterError as missing:
        raise refuse("Le règlement ne dit rien du {day}.", field="received_on", day=asked.received_on) from missing
    return Ending(
        may=ch05.subscription_may_end(case),
        ends=ch05.subscription_ends_on(case, terms, holidays(settings.FANAL_BYLAW)),
        owed_cents=owed_cents,
        plan_cents=_plan_cents(known.account_id, on),
        billed_to=facts.billed_to(known.pk, known.delivery_point_id),
    )


def _plan_cents(account_id: int, on: date) -> int:
    """The monthly instalment of the equal payments of an account; 0 where it has none."""
    going_on = promises.going_on(on, [account_id]).get(account_id, ())
    return next((it.cents for it in going_on if it.kind == promises.UndertakingKind.EQUAL_PAYMENTS), 0)


@transaction.atomic
def end_subscription(*, asked: EndAsked, by: str, on: date) -> Ending:
    """Mettre fin à un abonnement: its answer goes to the journal. Refused for all that stands against it in 5.1.1."""
    ledger.lock_accounts(Subscription.objects.filter(pk=asked.subscription_id).values_list("account_id", flat=True))
    ending = preview_ending(asked=asked, on=on)
    refuse_any(Problem(0, "", "{why}", why=explain.in_each(it)) for it in ending.may.obstacles)
    grounds = {"may": explain.as_dict(ending.may), "ends": explain.as_dict(ending.ends)}
    acts.end_subscriptions(endings={asked.subscription_id: ending.ends.outcome}, by=by, on=on, grounds=grounds)
    return ending
