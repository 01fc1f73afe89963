"""What we know of subscriptions: who is supplied where, and who owns the place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Min, Q, QuerySet

from fanal.records.subscriptions.models import (
    EnergyBank,
    GivenBook,
    Households,
    OwnerAgreement,
    Subscription,
    SubscriptionHolder,
    TaxExemption,
)

NO_BOOK = "?/"  # before a rate of the system before that no book has: its bills are held, until one is given

# Who held a subscription at the end of a day, as (customer_id, rank): where customers were merged or parted since, the
# first of these says who held before it. Of a subscription that both held, the one kept had one rank, and no other.
HELD_ON = """
SELECT customer_id, rank FROM (
    SELECT DISTINCT ON (rank) rank, customer_id FROM (
        SELECT held.rank, held.customer_id, 'infinity'::date AS day, 2 AS step, 0::bigint AS place
        FROM subscriptions_subscriptionholder held WHERE held.subscription_id = {subscription}
        UNION ALL SELECT former.rank, former.customer_id, merge.confirmed_on, 0, merge.id
        FROM subscriptions_formerholder former JOIN customers_merge merge ON merge.id = former.merge_id
        WHERE former.subscription_id = {subscription} AND merge.confirmed_on > {day}
        UNION ALL SELECT former.rank, CASE WHEN former.rank = min(former.rank) OVER (PARTITION BY former.merge_id)
            THEN merge.kept_id END, merge.undone_on, 1, -merge.id
        FROM subscriptions_formerholder former JOIN customers_merge merge ON merge.id = former.merge_id
        WHERE former.subscription_id = {subscription} AND merge.undone_on > {day}
    ) after ORDER BY rank, day, step, place
) first WHERE customer_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutBook:
    """Subscriptions of one rate that no book has: how many, how many of them run still, since when."""

    tariff: str
    subscriptions: int
    open: int
    starts_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSubscription:
    """A subscription and its holders, the one who is written to first."""

    id: int
    account_id: int
    delivery_point_id: int
    book: str
    domestic: bool
    multiplier: int
    units: int
    starts_on: date
    ends_on: date | None
    holder_ids: tuple[int, ...]


def subscriptions(ids: Iterable[int]) -> dict[int, KnownSubscription]:
    """Those subscriptions by id; an unknown id is absent."""
    return {it.id: it for it in _known(Subscription.objects.filter(pk__in=list(ids)))}


def without_book() -> list[WithoutBook]:
    """The rates that were taken over without a book, in order."""
    found = Subscription.objects.filter(book__startswith=NO_BOOK).values("book").order_by("book")
    counted = found.annotate(many=Count("pk"), live=Count("pk", filter=Q(ends_on=None)), since=Min("starts_on"))
    return [
        WithoutBook(
            tariff=it["book"].removeprefix(NO_BOOK), subscriptions=it["many"], open=it["live"], starts_on=it["since"]
        )
        for it in counted
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The book that a rate taken over without one was given here, and how many subscriptions have it."""

    tariff: str
    book: str
    subscriptions: int


def given_books() -> list[Given]:
    """The books that rates were given here, those taken back left out, in the order of the rates."""
    found = GivenBook.objects.filter(book=F("subscription__book")).values("rate", "book").order_by("rate", "book")
    counted = found.annotate(many=Count("subscription", distinct=True))
    return [Given(tariff=it["rate"], book=it["book"], subscriptions=it["many"]) for it in counted]


def subscription_at(delivery_point_id: int, on: date) -> KnownSubscription | None:
    """Who is supplied at a delivery point that day."""
    alive = Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gt=on))
    return next(iter(_known(Subscription.objects.filter(alive, delivery_point_id=delivery_point_id))), None)


def owner_on_file(premises_id: int, on: date) -> int | None:
    """The customer who becomes responsible of the premises when nobody else is (art. 5.2.1)."""
    alive = Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gt=on))
    found = OwnerAgreement.objects.filter(alive, premises_id=premises_id)
    return found.values_list("customer_id", flat=True).first()


def _known(found: QuerySet[Subscription]) -> list[KnownSubscription]:
    rows = list(found)
    holders: dict[int, list[int]] = {it.pk: [] for it in rows}
    ranked = SubscriptionHolder.objects.filter(subscription_id__in=list(holders)).order_by("rank")
    for subscription_id, customer_id in ranked.values_list("subscription_id", "customer_id"):
        holders[subscription_id].append(customer_id)
    return [
        KnownSubscription(
            id=it.pk,
            account_id=it.account_id,
            delivery_point_id=it.delivery_point_id,
            book=it.book,
            domestic=it.domestic,
            multiplier=it.multiplier,
            units=it.units,
            starts_on=it.starts_on,
            ends_on=it.ends_on,
            holder_ids=tuple(holders[it.pk]),
        )
        for it in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHouseholds:
    """How many households from a day on."""

    count: int
    starts_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownExemption:
    """A tax that is not owed, and its certificate."""

    id: int
    tax: str
    certificate: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBank:
    """A bank of kWh: what it opened with (thousandths) and its days."""

    id: int
    opening_kwh: int
    starts_on: date
    ends_on: date | None


def households_of(subscription_id: int) -> list[KnownHouseholds]:
    """What was said of its households, the one in force first."""
    found = Households.objects.filter(subscription_id=subscription_id).order_by("-starts_on", "-pk")
    return [KnownHouseholds(**row) for row in found.values("count", "starts_on")]


def exemptions_of(subscription_id: int) -> list[KnownExemption]:
    """Its exemptions, the latest first."""
    found = TaxExemption.objects.filter(subscription_id=subscription_id).order_by("-starts_on", "tax")
    return [KnownExemption(**row) for row in found.values(*KnownExemption.__dataclass_fields__)]


def banks_of(subscription_id: int) -> list[KnownBank]:
    """Its banks of kWh, the latest first."""
    found = EnergyBank.objects.filter(subscription_id=subscription_id).order_by("-starts_on")
    return [KnownBank(**row) for row in found.values(*KnownBank.__dataclass_fields__)]
