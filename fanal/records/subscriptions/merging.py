"""Make one customer of two records of one person: one person proposes, another confirms, and it can be undone.

What the merged customer held is held by the one kept from then on: subscriptions, places owned, ways to be reached.
Accounts, their balances and their history stay what they are; the merged record stays, and leads to the one kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Max

from fanal.records.customers import contacts
from fanal.records.customers.models import Customer, Merge
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.records.subscriptions.models import OwnerAgreement, Subscription
from fanal.values import person
from fanal.values.refusal import refuse

SENTENCES = {
    "customer_merge_confirmed_by_a_second_person": (
        "Qui a proposé une fusion ne la confirme pas : une autre personne le fait."
    ),
    "customer_merge_once_at_a_time": "Une fusion de ce client attend ou tient déjà.",
    "customer_merge_says_why": "Une fusion dit pourquoi les deux fiches sont d’une même personne.",
    "customer_merge_undone_says_why": "Défaire une fusion demande une raison.",
}
UNDER_WAY = "Une exportation se reçoit ou se charge déjà : attendre qu’elle finisse, puis recommencer."
# Who held what, before: of a subscription that both held, both rows.
FORMER_HOLDERS = """
INSERT INTO subscriptions_formerholder (merge_id, holder_id, subscription_id, customer_id, rank)
SELECT %(merge)s, held.id, held.subscription_id, held.customer_id, held.rank FROM subscriptions_subscriptionholder held
WHERE held.customer_id = %(merged)s OR held.customer_id = %(kept)s AND EXISTS (
    SELECT FROM subscriptions_subscriptionholder both_hold
    WHERE (both_hold.subscription_id, both_hold.customer_id) = (held.subscription_id, %(merged)s))
"""
LET_GO = """
DELETE FROM subscriptions_subscriptionholder held USING subscriptions_formerholder former
WHERE former.merge_id = %(merge)s AND former.holder_id = held.id
"""
# One row of each, at the better of both ranks: who was written to still is.
HELD_BY_KEPT = """
INSERT INTO subscriptions_subscriptionholder (id, subscription_id, customer_id, rank)
SELECT (array_agg(holder_id ORDER BY rank))[1], subscription_id, %(kept)s, min(rank)
FROM subscriptions_formerholder WHERE merge_id = %(merge)s GROUP BY subscription_id
"""
KEPT_LETS_GO = """
DELETE FROM subscriptions_subscriptionholder held USING subscriptions_formerholder former
WHERE former.merge_id = %(merge)s AND (held.subscription_id, held.customer_id) = (former.subscription_id, %(kept)s)
"""
# A rank that another holder took since is no longer free: the next one then.
HELD_AGAIN = """
INSERT INTO subscriptions_subscriptionholder (id, subscription_id, customer_id, rank)
SELECT former.holder_id, former.subscription_id, former.customer_id, CASE WHEN others.ranks @> ARRAY[former.rank]
    THEN (SELECT max(rank) + 1 FROM unnest(others.ranks) rank) ELSE former.rank END
FROM subscriptions_formerholder former, LATERAL (
    SELECT coalesce(array_agg(rank), '{}') AS ranks FROM subscriptions_subscriptionholder held
    WHERE held.subscription_id = former.subscription_id) others
WHERE former.merge_id = %(merge)s
"""
OWNED_BY_KEPT = """
WITH former AS (
    INSERT INTO subscriptions_formerowner (merge_id, agreement_id)
    SELECT %(merge)s, id FROM subscriptions_owneragreement WHERE customer_id = %(merged)s RETURNING agreement_id
)
UPDATE subscriptions_owneragreement owned SET customer_id = %(kept)s FROM former WHERE owned.id = former.agreement_id
"""
OWNED_AGAIN = """
UPDATE subscriptions_owneragreement owned SET customer_id = %(merged)s FROM subscriptions_formerowner former
WHERE former.merge_id = %(merge)s AND owned.id = former.agreement_id
"""
# Of each merged customer, the merges on the way to who is kept in the end, and whom each of them merged.
WAY = """WITH RECURSIVE standing AS (
    SELECT id, merged_id, kept_id FROM customers_merge WHERE confirmed_on IS NOT NULL AND undone_on IS NULL
), way AS (
    SELECT merged_id AS of_id, id AS merge_id, merged_id, kept_id FROM standing
    UNION ALL SELECT way.of_id, next.id, next.merged_id, next.kept_id FROM way
        JOIN standing next ON next.merged_id = way.kept_id
)
SELECT of_id, merge_id, merged_id FROM way"""
# What another system says of a merged customer is as if it had been there before the merge: it goes back with it.
HELD_SINCE = f"""
INSERT INTO subscriptions_formerholder (merge_id, holder_id, subscription_id, customer_id, rank)
SELECT way.merge_id, held.id, held.subscription_id, way.merged_id, held.rank
FROM ({{holders}}) told JOIN ({WAY}) way ON way.of_id = told.customer_id
JOIN subscriptions_subscriptionholder held ON (held.subscription_id, held.rank) = (told.subscription_id, told.rank)
"""
OWNED_SINCE = f"""
INSERT INTO subscriptions_formerowner (merge_id, agreement_id)
SELECT way.merge_id, owned.id FROM ({{owners}}) told JOIN ({WAY}) way ON way.of_id = told.customer_id
JOIN subscriptions_owneragreement owned ON (owned.premises_id, owned.starts_on) = (told.premises_id, told.starts_on)
"""
# What the customer kept opened since the merge: it stays.
OPENED_SINCE = """
SELECT DISTINCT account.number FROM subscriptions_subscriptionholder held
JOIN subscriptions_subscription s ON s.id = held.subscription_id
JOIN ledger_account account ON account.id = s.account_id
WHERE held.customer_id = %(kept)s AND s.id > %(last)s ORDER BY account.number
"""
# The places that it owns since, likewise.
PLACES_SINCE = """
SELECT concat_ws(', ', nullif(p.civic_number, ''), p.street, 'app. ' || nullif(p.unit, ''))
FROM subscriptions_owneragreement owned JOIN premises_premises p ON p.id = owned.premises_id
WHERE owned.customer_id = %(kept)s AND owned.id > %(last_agreement)s ORDER BY p.street, p.civic_number, owned.id
"""


@dataclass(frozen=True, slots=True)
class Stays:
    """What stays with the customer kept when a merge is undone: accounts opened since, addresses owned since."""

    accounts: Sequence[str] = ()
    places: Sequence[str] = ()


@transaction.atomic
def propose_merge(
    *, kept_id: int, merged_id: int, reason: str = "", signs: Sequence[str] = (), by: str, on: date
) -> int:
    """Proposer une fusion: the merged customer becomes the one kept, once a second person confirms it; its id.

    `signs` are what both records say alike, `reason` what a person says of it: one of them at least.
    """
    found = _locked(kept_id, merged_id)
    if len(found) < 2:
        raise refuse("Une fusion réunit deux clients inscrits.")
    if found[kept_id].kind != found[merged_id].kind:
        raise refuse("Une personne et une entreprise ne sont pas un même client : leurs fiches restent deux.")
    with saying(SENTENCES):
        made = Merge.objects.create(
            kept_id=kept_id, merged_id=merged_id, reason=reason.strip(), signs=list(signs), proposed_by=by,
            proposed_on=on,
        )  # fmt: skip
    grounds = {"reason": made.reason, "reasons": made.signs}
    journal.record_many("customers.propose_merge", **_about(made, grounds), by=by, on=on)
    return made.pk


@transaction.atomic
def confirm_merge(*, merge_id: int, by: str, on: date) -> None:
    """Confirmer une fusion, as the second person: what the merged customer held goes to the one who is kept."""
    _refuse_while_loading()
    merge = Merge.objects.select_for_update().filter(pk=merge_id, undone_on=None, confirmed_on=None).first()
    if merge is None:
        raise refuse("Cette fusion n’attend pas de confirmation.")
    if person.key(merge.proposed_by) == person.key(by):
        raise refuse(SENTENCES["customer_merge_confirmed_by_a_second_person"])
    _locked(merge.kept_id, merge.merged_id)
    merge.confirmed_by, merge.confirmed_on = by, on
    merge.last_subscription = Subscription.objects.aggregate(last=Max("pk"))["last"] or 0
    merge.last_agreement = OwnerAgreement.objects.aggregate(last=Max("pk"))["last"] or 0
    with saying(SENTENCES):
        merge.save(update_fields=["confirmed_by", "confirmed_on", "last_subscription", "last_agreement"])
    with connection.cursor() as cursor:
        for query in (FORMER_HOLDERS, LET_GO, HELD_BY_KEPT, OWNED_BY_KEPT):
            cursor.execute(query, _of(merge))
        contacts.gain(cursor)
    journal.record_many("customers.confirm_merge", **_about(merge, {"merge": merge.pk}), by=by, on=on)


@transaction.atomic
def undo_merge(*, merge_id: int, reason: str = "", by: str, on: date) -> Stays:
    """Défaire une fusion, or withdraw the proposal: each holds again what it held, and is reached as it was.

    What another system said since of the merged customer goes back with the rest; what the customer kept opened
    or owns since stays with that one, and is told. What was confirmed is undone with a reason, the last merge of a
    customer first.
    """
    _refuse_while_loading()
    merge = Merge.objects.select_for_update().filter(pk=merge_id, undone_on=None).first()
    if merge is None:
        raise refuse("Cette fusion est déjà défaite.")
    _locked(merge.kept_id, merge.merged_id)
    merge.undone_by, merge.undone_on, merge.undone_because = by, on, reason.strip()
    with saying(SENTENCES):
        merge.save(update_fields=["undone_by", "undone_on", "undone_because"])
    stays = Stays()
    if merge.confirmed_on is not None:
        with connection.cursor() as cursor:
            for query in (KEPT_LETS_GO, HELD_AGAIN, OWNED_AGAIN):
                cursor.execute(query, _of(merge))
            contacts.take_back(cursor, merge.pk)
            stays = _staying(cursor, merge)
    grounds = {"reason": merge.undone_because, "merge": merge.pk, "stays": stays.accounts, "places": stays.places}
    journal.record_many("customers.undo_merge", **_about(merge, grounds), by=by, on=on)
    return stays


def _staying(cursor: Any, merge: Merge) -> Stays:
    """What the customer kept has since that merge."""
    found = []
    for query in (OPENED_SINCE, PLACES_SINCE):
        cursor.execute(query, _of(merge) | {"last": merge.last_subscription, "last_agreement": merge.last_agreement})
        found.append([text for (text,) in cursor.fetchall()])
    return Stays(*found)


def _refuse_while_loading() -> None:
    """Refuse at once, rather than wait, while an export is loaded: it holds the merges as they were when it began."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE customers_merge IN ROW EXCLUSIVE MODE NOWAIT")
    except OperationalError as problem:
        raise refuse(UNDER_WAY) from problem


def _locked(*ids: int) -> dict[int, Customer]:
    """Those customers, in the order of their ids: two merges of one customer take turns."""
    return {it.pk: it for it in Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk")}


def _of(merge: Merge) -> dict[str, Any]:
    return {"merge": merge.pk, "kept": merge.kept_id, "merged": merge.merged_id}


def _about(merge: Merge, grounds: Mapping[str, Any]) -> dict[str, Any]:
    """One line of the journal, which is found from either customer, the one kept first."""
    told = {name: it for name, it in grounds.items() if it}
    return {"noun": "customer", "ids": [merge.kept_id, merge.merged_id], "grounds": told}
