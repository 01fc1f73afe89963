"""Ask for a subscription (articles 2.1, 2.2, annexe 1): a yes of the bylaw opens it, a no is kept with its why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from fanal.law import explain
from fanal.law.conditions import ch02_subscription as ch02
from fanal.law.conditions import ch18_fees
from fanal.law.conditions.ch02_subscription import Channel, IdentityPiece, Information, Occupancy, Person
from fanal.law.conditions.part8_definitions import RateClass, Use
from fanal.law.decision import Decision
from fanal.law.in_force import ParameterError, in_force
from fanal.records.billing import facts
from fanal.records.customers import acts as customers
from fanal.records.customers import facts as known_customers
from fanal.records.customers.acts import ContactKind, Kind, NewCustomer
from fanal.records.journal import acts as journal
from fanal.records.ledger import acts as ledger
from fanal.records.ledger import facts as known_ledger
from fanal.records.premises.models import DeliveryPoint
from fanal.records.subscriptions import acts
from fanal.records.subscriptions.models import Request, Subscription, SubscriptionHolder
from fanal.values.refusal import Phrase, refuse

# What a request says by itself, without a box to tick.
SAID = (Information.USE, Information.SERVICE_ADDRESS, Information.NAME, Information.OCCUPANCY)
AHEAD = timedelta(days=366)
NEVER_HELD = "Le compte {number} n’a jamais eu d’abonnement : dire à qui il est."
TAKEN = Phrase(
    "Un abonnement de {names} court à {number} depuis le {since}, sans fin prévue : le nouveau, qui commencerait le "
    "{starts_on}, ne peut l’être en même temps."
)
TAKEN_UNTIL = Phrase(
    "Un abonnement de {names} court à {number} depuis le {since}, jusqu’au {until} exclu : le nouveau, qui "
    "commencerait le {starts_on}, ne peut l’être en même temps."
)
MOVED = "La réponse a changé depuis qu’elle a été montrée : la regarder de nouveau."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """Demande d’abonnement: for whom (a new customer, or the number of an account), where, how, and what is given."""

    delivery_point_id: int
    received_on: date
    channel: Channel
    rate_class: RateClass
    book: str
    use: Use
    occupancy: Occupancy
    customer: NewCustomer | None = None
    account_number: str = ""
    provided: Collection[Information] = ()
    identity_pieces: Collection[IdentityPiece] = ()
    information_is_wrong: bool = False
    agreed_on: date | None = None
    multiplier: int = 1
    units: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the bylaw answers; the subscription and its first day when it is yes."""

    may: Decision[bool]
    starts: Decision[date | None]
    owed_cents: int
    fee_cents: int
    request_id: int
    subscription_id: int | None

    @property
    def accepted(self) -> bool:
        return self.may.outcome

    @property
    def starts_on(self) -> date | None:
        return self.starts.outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class _Applicant:
    """Who asks: a customer we know and the account, or somebody to register."""

    name: str
    person: Person
    reached_by_phone: bool
    customer_id: int | None = None
    account_id: int | None = None
    owed_cents: int = 0


def preview_subscription(*, request: NewRequest, by: str, on: date) -> Answer:
    """Montrer la réponse: given by the act that will do it, then undone. Nothing of it is kept."""
    with transaction.atomic():
        answer = request_subscription(request=request, by=by, on=on)
        transaction.set_rollback(True)
    return answer


@transaction.atomic
def request_subscription(*, request: NewRequest, by: str, on: date, shown: bool | None = None) -> Answer:
    """Demander un abonnement: the bylaw's answer is kept; a yes registers the customer and opens the subscription.

    Refused when the place is taken, when what is asked cannot be, or when the answer is no longer the one `shown`.
    """
    if request.received_on > on:
        raise refuse("La demande ne peut être reçue après aujourd’hui.", field="received_on")
    if request.agreed_on is not None and request.agreed_on > on + AHEAD:
        raise refuse("Le début convenu est dans plus d’un an : l’année est peut-être à corriger.", field="agreed_on")
    # Two clerks at one delivery point take turns; the account's sums stand still until the end.
    point = DeliveryPoint.objects.select_for_update(no_key=True).filter(pk=request.delivery_point_id).first()
    if point is None:
        unknown = str(request.delivery_point_id)
        raise refuse("Le point de livraison {id} n’existe pas.", field="delivery_point_id", id=unknown)
    who = _applicant(request, on)
    may, starts = _decided(request, who, point)
    if shown is not None and shown != may.outcome:
        raise refuse(MOVED)
    customer_id, subscription_id = who.customer_id, None
    if may.outcome:
        customer_id, subscription_id = _opened(request, who, point, starts.outcome, by=by, on=on)
    fee_cents = _fees(request.received_on).subscription_fee_cents if may.outcome else 0
    kept = Request.objects.create(
        delivery_point=point, applicant=who.name, received_on=request.received_on, channel=request.channel,
        rate_class=request.rate_class, book=request.book, use=request.use, person=who.person,
        occupancy=request.occupancy, provided=list(_provided(request, who)),
        identity_pieces=[it.value for it in IdentityPiece if it in request.identity_pieces],
        information_is_wrong=request.information_is_wrong, agreed_on=request.agreed_on, owed_cents=who.owed_cents,
        answer=explain.as_dict(may), start=explain.as_dict(starts), accepted=may.outcome, fee_cents=fee_cents,
        customer_id=customer_id, subscription_id=subscription_id, decided_by=by, decided_on=on,
    )  # fmt: skip
    grounds = {"accepted": may.outcome, "obstacles": [it.rule for it in may.obstacles], "fee_cents": fee_cents,
               "delivery_point": point.number, "subscription": subscription_id}  # fmt: skip
    journal.record("request_subscription", about=f"request:{kept.pk}", by=by, on=on, grounds=grounds)
    return Answer(
        may=may, starts=starts, owed_cents=who.owed_cents, fee_cents=fee_cents, request_id=kept.pk,
        subscription_id=subscription_id,
    )  # fmt: skip


def _decided(
    request: NewRequest, who: _Applicant, point: DeliveryPoint
) -> tuple[Decision[bool], Decision[date | None]]:
    """What 2.1 and 2.2 answer, by the figures of the day of the request."""
    exists = point.energised_on <= request.received_on
    case = ch02.SubscriptionRequest(
        use=request.use, person=who.person, occupancy=request.occupancy, provided=_provided(request, who),
        identity_pieces=tuple(request.identity_pieces), channel=request.channel, rate_class=request.rate_class,
        installation_exists=exists, information_is_wrong=request.information_is_wrong, owed_cents=who.owed_cents,
    )  # fmt: skip
    start = ch02.Start(
        received_on=request.received_on, agreed_on=request.agreed_on, new_installation=not exists,
        energized_on=point.energised_on,
    )  # fmt: skip
    day = request.received_on
    try:
        return ch02.may_subscribe(case, terms_on(day), _fees(day)), ch02.subscription_starts_on(start)
    except ParameterError as missing:
        raise refuse("Le règlement ne dit rien du {day}.", field="received_on", day=day) from missing


def terms_on(day: date) -> ch02.Terms:
    """What Annex 1 asks that day. Raises ParameterError."""
    return in_force(ch02.Terms, settings.FANAL_BYLAW, "ch02_subscription", on=day)


def _fees(day: date) -> ch18_fees.Terms:
    return in_force(ch18_fees.Terms, settings.FANAL_BYLAW, "ch18_fees", on=day)


def _provided(request: NewRequest, who: _Applicant) -> tuple[Information, ...]:
    """What was given of Annex 1, with what the request says by itself, in the order of the annex."""
    given = {*request.provided, *SAID}
    if who.reached_by_phone:
        given.add(Information.TELEPHONE)
    if request.agreed_on is not None:
        given.add(Information.WANTED_ON)
    return tuple(it for it in Information if it in given and it is not Information.IDENTITY_PIECES)


def _opened(
    request: NewRequest, who: _Applicant, point: DeliveryPoint, starts_on: date, *, by: str, on: date
) -> tuple[int, int]:
    """Register who is new, open the account if there is none, then the subscription: customer and subscription."""
    _refuse_taken(point, starts_on)
    customer_id, account_id = who.customer_id, who.account_id
    if customer_id is None or account_id is None:
        [customer_id] = customers.register_customers(customers=[request.customer], by=by, on=on)
        [account_id] = ledger.open_accounts(count=1, by=by, on=on)
    new = acts.NewSubscription(
        account_id=account_id, delivery_point_id=point.pk, book=request.book, starts_on=starts_on,
        holder_ids=[customer_id], domestic=request.use is Use.DOMESTIC, multiplier=request.multiplier,
        units=request.units,
    )  # fmt: skip
    [subscription_id] = acts.open_subscriptions(subscriptions=[new], by=by, on=on)
    return customer_id, subscription_id


def _refuse_taken(point: DeliveryPoint, starts_on: date) -> None:
    """Refuse a place that somebody holds that day or later, by the name of who does."""
    runs = Q(ends_on=None) | Q(ends_on__gt=starts_on)
    taken = Subscription.objects.filter(runs, delivery_point=point).order_by("starts_on").first()
    if taken is None:
        return
    holders = taken.holders.select_related("customer").order_by("rank")
    names = ", ".join(it.customer.full_name for it in holders)
    raise refuse(
        TAKEN_UNTIL if taken.ends_on else TAKEN,
        field="agreed_on", names=names, number=point.number, since=taken.starts_on, until=taken.ends_on or starts_on,
        starts_on=starts_on,
    )  # fmt: skip


def _applicant(request: NewRequest, on: date) -> _Applicant:
    """Who asks; of a customer we know, everything past due on every account that is theirs."""
    if not request.account_number:
        return _newcomer(request.customer)
    account = known_ledger.account_numbered(request.account_number)
    if account is None:
        raise refuse("Aucun compte ne porte le numéro {number}.", field="account_number", number=request.account_number)
    held = SubscriptionHolder.objects.filter(subscription__account_id=account.id, rank=1)
    customer_id = held.order_by("-subscription__starts_on").values_list("customer_id", flat=True).first()
    if customer_id is None:
        raise refuse(NEVER_HELD, field="account_number", number=account.number)
    theirs = SubscriptionHolder.objects.filter(customer_id=customer_id)
    accounts = sorted({account.id, *theirs.values_list("subscription__account_id", flat=True)})
    ledger.lock_accounts(accounts)
    known = known_customers.customers([customer_id])[customer_id]
    return _Applicant(
        name=known.full_name, person=_person(known.kind), reached_by_phone=bool(known.contact(ContactKind.PHONE)),
        customer_id=customer_id, account_id=account.id,
        owed_cents=sum(facts.overdue(accounts, on).values()),
    )  # fmt: skip


def _newcomer(new: NewCustomer | None) -> _Applicant:
    if new is None:
        raise refuse("Une demande dit qui demande : un client nouveau, ou un numéro de compte.", field="name")
    customers.refuse_wrong(new)
    name = f"{new.given_name} {new.name}".strip()
    by_phone = any(it.kind == ContactKind.PHONE for it in new.contacts)
    return _Applicant(name=name, person=_person(new.kind), reached_by_phone=by_phone)


def _person(kind: str) -> Person:
    return Person.NATURAL if kind == Kind.PERSON else Person.LEGAL
