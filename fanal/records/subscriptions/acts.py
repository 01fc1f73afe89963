"""Open and end subscriptions; say who holds them, and who owns the place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from fanal.law.tariffs.shelf import UnknownBook, load
from fanal.records import columns
from fanal.records.customers.facts import KEPT
from fanal.records.customers.models import Customer
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.ledger.models import Account
from fanal.records.premises.models import DeliveryPoint, Premises
from fanal.records.subscriptions import merging
from fanal.records.subscriptions.facts import NO_BOOK
from fanal.records.subscriptions.models import OwnerAgreement, Subscription, SubscriptionHolder
from fanal.values import wording
from fanal.values.refusal import Phrase, Problem, refuse, refuse_any

OVERLAP = "Un autre abonnement couvre déjà une partie de ces jours à ce point de livraison."
OVERLAP_CONSTRAINT = "one_subscription_per_delivery_point_and_day"
COVERED = Phrase(
    "L’abonnement {id} couvre déjà le point de livraison {number} depuis le {starts_on} jusqu’au {ends_on}."
)
COVERED_WITHOUT_END = Phrase(
    "L’abonnement {id} couvre déjà le point de livraison {number} depuis le {starts_on}, sans fin prévue."
)
TOO_SOON = "L’abonnement {id} commence le {starts_on} : il ne peut finir le {ends_on}."
UNKNOWN = "L’abonnement {id} n’existe pas."
OTHER_CURRENCY = "Le livre {book} est en {its} ; les comptes du distributeur sont tenus en {ours}."
OWNED = "Un autre propriétaire est déjà au dossier de ce lieu pour une partie de ces jours."

# What is said of a merged customer, of the one kept.
BY_KEPT = f"""
SELECT {{columns}}, coalesce(kept.kept_id, told.customer_id) AS customer_id
FROM ({{told}}) told LEFT JOIN ({KEPT}) kept ON kept.merged_id = told.customer_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscription:
    """Abonnement to open: [starts_on, ends_on), without end unless told; the first holder is the one written to."""

    account_id: int
    delivery_point_id: int
    book: str
    starts_on: date
    holder_ids: Sequence[int]
    domestic: bool = True
    ends_on: date | None = None
    multiplier: int = 1
    units: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOwnerAgreement:
    """Propriétaire au dossier d’un lieu, [starts_on, ends_on) (art. 5.2.1)."""

    premises_id: int
    customer_id: int
    starts_on: date
    ends_on: date | None = None


@transaction.atomic
def open_subscriptions(*, subscriptions: Sequence[NewSubscription], by: str, on: date) -> list[int]:
    """Ouvrir des abonnements: their ids, in order. Refused lists every wrong row, overlaps included."""
    points = {it.delivery_point_id for it in subscriptions}
    # Locked in the order of their ids: two clerks at one delivery point take turns, and the second sees the first's.
    locked = DeliveryPoint.objects.select_for_update(no_key=True).filter(pk__in=points).order_by("pk")
    known_points = set(locked.values_list("pk", flat=True))
    holders = {holder for it in subscriptions for holder in it.holder_ids}
    known = {
        "delivery_point_id": known_points,
        "account_id": _known(Account, {it.account_id for it in subscriptions}),
        "holder_ids": _known(Customer, holders),
    }
    wrong = [problem for row, it in enumerate(subscriptions, 1) for problem in _wrong(row, it, known)]
    refuse_any(wrong or _overlapping(subscriptions))
    with saying({OVERLAP_CONSTRAINT: OVERLAP}):
        made = Subscription.objects.bulk_create(_new(it) for it in subscriptions)
    with saying({}):
        SubscriptionHolder.objects.bulk_create(
            SubscriptionHolder(subscription=made_one, customer_id=customer_id, rank=rank)
            for made_one, new in zip(made, subscriptions, strict=True)
            for rank, customer_id in enumerate(new.holder_ids, 1)
        )
    ids = [it.pk for it in made]
    journal.record_many("open_subscriptions", noun="subscription", ids=ids, by=by, on=on)
    return ids


@transaction.atomic
def end_subscriptions(
    *, endings: Mapping[int, date], by: str, on: date, grounds: Mapping[str, Any] | None = None
) -> None:
    """Mettre fin à des abonnements: {subscription id: first day without it}. An end once set is not moved."""
    found = Subscription.objects.select_for_update(no_key=True).filter(pk__in=list(endings)).order_by("pk")
    starts = {pk: (starts_on, ends_on) for pk, starts_on, ends_on in found.values_list("pk", "starts_on", "ends_on")}
    refuse_any(
        problem
        for row, (pk, ends_on) in enumerate(endings.items(), 1)
        for problem in _cannot_end(row, pk, ends_on, starts.get(pk))
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE subscriptions_subscription s SET ends_on = e.ends_on "
            "FROM unnest(%s::bigint[], %s::date[]) e (id, ends_on) WHERE s.id = e.id",
            [list(endings), list(endings.values())],
        )
    told = {"ends_on": {str(pk): ends_on.isoformat() for pk, ends_on in endings.items()}, **(grounds or {})}
    journal.record_many("end_subscriptions", noun="subscription", ids=list(endings), by=by, on=on, grounds=told)


@transaction.atomic
def add_holder(*, subscription_id: int, customer_id: int, by: str, on: date) -> None:
    """Ajouter un titulaire, who owes the whole with the others (art. 2.4)."""
    if not Subscription.objects.select_for_update(no_key=True).filter(pk=subscription_id).exists():
        raise refuse(UNKNOWN, field="subscription_id", id=str(subscription_id))
    if not Customer.objects.filter(pk=customer_id).exists():
        raise refuse("Le client {id} n’existe pas.", field="customer_id", id=str(customer_id))
    last = SubscriptionHolder.objects.filter(subscription_id=subscription_id).aggregate(last=Max("rank"))["last"] or 0
    with saying({"holder_once": "Ce client est déjà titulaire de cet abonnement."}):
        SubscriptionHolder.objects.create(subscription_id=subscription_id, customer_id=customer_id, rank=last + 1)
    journal.record(
        "add_holder", about=f"subscription:{subscription_id}", by=by, on=on, grounds={"customer": customer_id}
    )


@transaction.atomic
def put_owners_on_file(*, agreements: Sequence[NewOwnerAgreement], by: str, on: date) -> list[int]:
    """Mettre des propriétaires au dossier (art. 5.2.1): the ids of the agreements, in order."""
    places = _known(Premises, {it.premises_id for it in agreements})
    customers = _known(Customer, {it.customer_id for it in agreements})
    refuse_any(problem for row, it in enumerate(agreements, 1) for problem in _wrong_owner(row, it, places, customers))
    with saying({"one_owner_on_file_per_premises_and_day": OWNED}):
        made = OwnerAgreement.objects.bulk_create(
            OwnerAgreement(
                premises_id=it.premises_id, customer_id=it.customer_id, starts_on=it.starts_on, ends_on=it.ends_on
            )
            for it in agreements
        )
    journal.record_many("put_owners_on_file", noun="premises", ids=[it.premises_id for it in agreements], by=by, on=on)
    return [it.pk for it in made]


def take_over(*, subscriptions: str, holders: str) -> None:
    """Reprendre des abonnements d’un autre système: queries of them and of who holds them, with their ids.

    What a customer merged into another would hold, the one kept holds until the merge is undone. In the caller's
    transaction and under its journal line; the database refuses two for one day.
    """
    names = "id, account_id, delivery_point_id, book, domestic, multiplier, units, starts_on, ends_on"
    with saying({OVERLAP_CONSTRAINT: OVERLAP}), connection.cursor() as cursor:
        columns.take_in(cursor, "subscriptions_subscription", names, subscriptions)
        held = BY_KEPT.format(columns="told.subscription_id, told.rank", told=holders)
        columns.take_in(cursor, "subscriptions_subscriptionholder", "subscription_id, customer_id, rank", held)
        cursor.execute(merging.HELD_SINCE.format(holders=holders))


def end_taken_over(*, endings: str) -> None:
    """Mettre fin à ce que l’autre système a fini: a query of (id, ends_on). An end once set is not moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE subscriptions_subscription s SET ends_on = e.ends_on FROM ({endings}) e"
            " WHERE s.id = e.id AND s.ends_on IS NULL"
        )


def end_owners_taken_over(*, endings: str) -> None:
    """Retirer du dossier les propriétaires that the other system took off: a query of (id, ends_on)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE subscriptions_owneragreement o SET ends_on = e.ends_on FROM ({endings}) e"
            " WHERE o.id = e.id AND o.ends_on IS NULL"
        )


def take_over_owners(*, owners: str) -> None:
    """Reprendre les propriétaires au dossier: a query of (premises_id, customer_id, starts_on, ends_on).

    What a customer merged into another would own, the one kept owns until the merge is undone.
    """
    names = "premises_id, customer_id, starts_on, ends_on"
    with saying({"one_owner_on_file_per_premises_and_day": OWNED}), connection.cursor() as cursor:
        owned = BY_KEPT.format(columns="told.premises_id, told.starts_on, told.ends_on", told=owners)
        columns.take_in(cursor, "subscriptions_owneragreement", names, owned)
        cursor.execute(merging.OWNED_SINCE.format(owners=owners))


def give_books(*, given: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Donner leur livre à des abonnements qui n’en ont pas: a query of (id, book, domestic, multiplier); how many.

    In the caller's transaction and under its journal line. The database refuses one that has a book already. The query
    is asked once for all: right after a load the tables are not yet counted, and it would be asked again for each row.
    """
    with saying({}), connection.cursor() as cursor:
        cursor.execute(
            f"WITH g AS MATERIALIZED ({given}) INSERT INTO subscriptions_givenbook (subscription_id, rate, book)"
            " SELECT s.id, substr(s.book, length(%(no_book)s) + 1), g.book FROM g"
            " JOIN subscriptions_subscription s ON s.id = g.id",
            {**(parameters or {}), "no_book": NO_BOOK},
        )
        cursor.execute(
            f"WITH g AS MATERIALIZED ({given}) UPDATE subscriptions_subscription s"
            " SET book = g.book, domestic = g.domestic, multiplier = g.multiplier FROM g WHERE s.id = g.id",
            parameters,
        )
        return int(cursor.rowcount)


def take_back_books(*, rate: str) -> int:
    """Reprendre le livre donné à un tarif: its subscriptions have none again, as they were taken over; how many.

    In the caller's transaction and under its journal line. The database refuses one that was billed, or is being.
    """
    with saying({}), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE subscriptions_subscription s SET book = %(no_book)s || %(rate)s, domestic = false, multiplier = 1"
            " FROM (SELECT DISTINCT subscription_id, book FROM subscriptions_givenbook WHERE rate = %(rate)s) g"
            " WHERE s.id = g.subscription_id AND s.book = g.book",
            {"rate": rate, "no_book": NO_BOOK},
        )
        return int(cursor.rowcount)


def _known(model: type[Account | Customer | Premises], ids: set[int]) -> set[int]:
    return set(model.objects.filter(pk__in=ids).values_list("pk", flat=True))


def _new(new: NewSubscription) -> Subscription:
    return Subscription(
        account_id=new.account_id,
        delivery_point_id=new.delivery_point_id,
        book=new.book,
        domestic=new.domestic,
        multiplier=new.multiplier,
        units=new.units,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
    )


def _wrong(row: int, new: NewSubscription, known: Mapping[str, set[int]]) -> Iterator[Problem]:
    if (its := _currency(new.book)) not in (None, ours := wording.house_currency()):
        yield Problem(row, "book", OTHER_CURRENCY, book=new.book, its=its, ours=ours)
    if new.account_id not in known["account_id"]:
        yield Problem(row, "account_id", "Le compte client {id} n’existe pas.", id=str(new.account_id))
    if new.delivery_point_id not in known["delivery_point_id"]:
        point = str(new.delivery_point_id)
        yield Problem(row, "delivery_point_id", "Le point de livraison {id} n’existe pas.", id=point)
    if not new.holder_ids:
        yield Problem(row, "holder_ids", "Un abonnement a au moins un titulaire.")
    if len(set(new.holder_ids)) < len(new.holder_ids):
        yield Problem(row, "holder_ids", "Un titulaire est donné deux fois.")
    for holder in set(new.holder_ids) - known["holder_ids"]:
        yield Problem(row, "holder_ids", "Le client {id} n’existe pas.", id=str(holder))
    if new.ends_on is not None and new.ends_on <= new.starts_on:
        yield Problem(row, "ends_on", "L’abonnement finit avant d’avoir duré un jour.")
    if new.multiplier < 1:
        yield Problem(row, "multiplier", "Le multiplicateur compte à partir de 1.")
    if new.units < 0:
        yield Problem(row, "units", "Le nombre de luminaires ne peut être négatif.")


def _currency(code: str) -> str | None:
    """The currency of a shipped book; of a book proposed here it is known to be ours."""
    try:
        return load(code).currency
    except UnknownBook:
        return None


def _overlapping(subscriptions: Sequence[NewSubscription]) -> list[Problem]:
    """The new subscriptions that an existing one overlaps; among themselves, the exclusion constraint refuses them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.row, p.number, s.id, s.starts_on, s.ends_on "
            "FROM unnest(%s::bigint[], %s::date[], %s::date[]) WITH ORDINALITY n (point, starts_on, ends_on, row) "
            "JOIN subscriptions_subscription s ON s.delivery_point_id = n.point "
            "AND daterange(s.starts_on, s.ends_on) && daterange(n.starts_on, n.ends_on) "
            "JOIN premises_deliverypoint p ON p.id = n.point ORDER BY n.row, s.starts_on",
            [
                [it.delivery_point_id for it in subscriptions],
                [it.starts_on for it in subscriptions],
                [it.ends_on for it in subscriptions],
            ],
        )
        return [
            Problem(
                row, "starts_on", COVERED if ends_on else COVERED_WITHOUT_END,
                id=str(other), number=number, starts_on=starts_on, ends_on=ends_on or starts_on,
            )
            for row, number, other, starts_on, ends_on in cursor.fetchall()
        ]  # fmt: skip


def _cannot_end(row: int, pk: int, ends_on: date, known: tuple[date, date | None] | None) -> Iterator[Problem]:
    """Why a subscription cannot end that day."""
    starts_on, already = known or (None, None)
    if starts_on is None:
        yield Problem(row, "ends_on", UNKNOWN, id=str(pk))
    elif already is not None:
        yield Problem(row, "ends_on", "L’abonnement {id} a déjà pris fin le {on}.", id=str(pk), on=already)
    elif ends_on <= starts_on:
        yield Problem(row, "ends_on", TOO_SOON, id=str(pk), starts_on=starts_on, ends_on=ends_on)


def _wrong_owner(row: int, new: NewOwnerAgreement, places: set[int], customers: set[int]) -> Iterator[Problem]:
    if new.premises_id not in places:
        yield Problem(row, "premises_id", "Le lieu {id} n’existe pas.", id=str(new.premises_id))
    if new.customer_id not in customers:
        yield Problem(row, "customer_id", "Le client {id} n’existe pas.", id=str(new.customer_id))
    if new.ends_on is not None and new.ends_on <= new.starts_on:
        yield Problem(row, "ends_on", "L’entente finit avant d’avoir duré un jour.")
