"""What a run did not bill: each subscription of its cycle with days left, each meter without a subscriber, and why.

None is skipped in silence: each has its reason, worked out from the records as they stand, or is said to have none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
from django.db import connection

from fanal.law.conditions import ch04_billing
from fanal.law.conditions.ch04_billing import Measured
from fanal.law.metering.plausibility import HoldReason
from fanal.records.billing import gather, shelf
from fanal.records.billing.facts import LAST_REVIEW, READY, KnownRun, RunState
from fanal.records.columns import Columns
from fanal.reports.who import ADDRESS, NAME

EVERY_ID = 2**32


class Why(StrEnum):
    """Why days were left."""

    HELD = "HELD"  # its bill waits for a person
    POSTPONED = "POSTPONED"  # left out by a person, or because what it rests on has changed
    NO_BOOK = "NO_BOOK"  # no book has its rate: nothing says how often it is billed, nor at what price
    NOT_DUE = "NOT_DUE"  # billed too lately (4.2.1)
    LATER = "LATER"  # it was not known, or not of this cycle, when the run was opened
    NO_SUBSCRIBER = "NO_SUBSCRIBER"  # a meter hangs there, and nobody is subscribed
    UNEXPLAINED = "UNEXPLAINED"


TITLES = {
    Why.HELD: {"fr": "Facture retenue", "en": "Bill held"},
    Why.POSTPONED: {"fr": "Facture reportée", "en": "Bill postponed"},
    Why.NO_BOOK: {"fr": "Tarif sans livre", "en": "Rate without a book"},
    Why.NOT_DUE: {"fr": "Pas encore due (art. 4.2.1)", "en": "Not due yet (s. 4.2.1)"},
    Why.LATER: {"fr": "Connu après l’ouverture du lot", "en": "Known after the run was opened"},
    Why.NO_SUBSCRIBER: {"fr": "Compteur sans abonné", "en": "Meter without a subscriber"},
    Why.UNEXPLAINED: {"fr": "Sans raison connue", "en": "No known reason"},
}


@dataclass(frozen=True, slots=True)
class Unbilled:
    """Days that a run left: whose, since when, and why; of a bill that waits, its `holds` and what was said of it."""

    delivery_point: str
    account: str  # empty where nobody is subscribed
    customer: str
    address: str
    from_on: date
    days: int  # until the day of the run
    why: Why
    holds: tuple[HoldReason, ...] = ()
    said: str = ""


OF_THE_RUN = f"""
SELECT b.subscription_id, i.bill_id IS NOT NULL, {READY}, coalesce((SELECT CASE v.act WHEN 'POSTPONE' THEN v.reason END
        FROM billing_review v WHERE v.bill_id = b.id ORDER BY v.id DESC LIMIT 1), ''),
    ARRAY(SELECT h.reason FROM billing_hold h WHERE h.account_id = b.account_id AND h.bill_id = b.id ORDER BY h.reason)
FROM billing_bill b
LEFT JOIN billing_issue i ON i.account_id = b.account_id AND i.bill_id = b.id
{LAST_REVIEW}
WHERE b.id >= %(run)s::bigint << 33 AND b.id < (%(run)s::bigint + 1) << 33 AND b.kind = 0
"""
# The books of its cycle, and the ranges of subscriptions that it asked for.
ASKED = """
SELECT ARRAY(SELECT DISTINCT s.book FROM subscriptions_subscription s
        JOIN premises_deliverypoint d ON d.id = s.delivery_point_id WHERE %(cycle)s = 0 OR d.cycle = %(cycle)s),
    ARRAY(SELECT ARRAY[first_subscription_id, last_subscription_id] FROM billing_chunk WHERE run_id = %(run)s)
"""
WHO = f"""
SELECT s.id, d.number, a.number, coalesce({NAME}, ''), {ADDRESS} FROM subscriptions_subscription s
JOIN ledger_account a ON a.id = s.account_id
JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
JOIN premises_premises p ON p.id = d.premises_id
LEFT JOIN subscriptions_subscriptionholder h ON h.subscription_id = s.id AND h.rank = 1
LEFT JOIN customers_customer c ON c.id = h.customer_id
WHERE s.id = ANY(%(ids)s)
"""
NO_SUBSCRIBER = f"""
SELECT d.number, {ADDRESS}, greatest(hung.starts_on, coalesce((SELECT max(s.ends_on) FROM subscriptions_subscription s
        WHERE s.delivery_point_id = d.id AND s.ends_on <= %(on)s), hung.starts_on)) AS since
FROM premises_deliverypoint d JOIN premises_premises p ON p.id = d.premises_id
CROSS JOIN LATERAL (SELECT min(i.starts_on) AS starts_on FROM metering_installation i
    WHERE i.delivery_point_id = d.id AND i.starts_on < %(on)s AND (i.ends_on IS NULL OR i.ends_on >= %(on)s)) hung
WHERE (%(cycle)s = 0 OR d.cycle = %(cycle)s) AND hung.starts_on IS NOT NULL
    AND NOT EXISTS (SELECT FROM subscriptions_subscription s WHERE s.delivery_point_id = d.id
        AND s.starts_on < %(on)s AND (s.ends_on IS NULL OR s.ends_on >= %(on)s))
ORDER BY since, d.number
"""


def unbilled(run: KnownRun, terms: ch04_billing.Terms) -> list[Unbilled]:
    """What is left to bill of the days before a run, the longest first.

    While a run is open, what it is ready to bill is not left.
    """
    of = {"run": run.id, "cycle": run.cycle, "on": run.on}
    bills = {row[0]: row[1:] for row in _rows(OF_THE_RUN, of)}
    [(codes, chunks)] = _rows(ASKED, of)
    due = _with_days(run.on, run.cycle, codes)
    left: dict[int, tuple[date, Why, tuple[HoldReason, ...], str]] = {}
    told = (due["subscription_id"].tolist(), due["previous_to"].tolist(), due["book_id"].tolist())
    for subscription, from_on, book, is_due in zip(*told, _is_due(due, run.on, terms), strict=True):
        issued, ready, said, holds = bills.get(subscription, (False, False, "", []))
        if issued or (ready and run.state != RunState.ISSUED):
            continue
        if not book:
            why, holds, said = Why.NO_BOOK, [], ""
        elif subscription not in bills:
            why = _absent(is_due, any(first <= subscription <= last for first, last in chunks))
        else:
            why = Why.UNEXPLAINED if ready else Why.POSTPONED if said else Why.HELD
        left[subscription] = (from_on, why, tuple(HoldReason(it) for it in holds), said)
    found = [
        Unbilled(point, account, customer, address, from_on, (run.on - from_on).days, why, holds, said)
        for id, point, account, customer, address in _rows(WHO, {"ids": list(left)})
        for from_on, why, holds, said in [left[id]]
    ]
    found += [
        Unbilled(point, "", "", address, since, (run.on - since).days, Why.NO_SUBSCRIBER)
        for point, address, since in _rows(NO_SUBSCRIBER, of)
    ]
    return sorted(found, key=lambda it: (-it.days, it.delivery_point))


def counts(rows: Iterable[Unbilled]) -> dict[Why, int]:
    """How many there are of each reason, in their order."""
    every = [it.why for it in rows]
    return {why: every.count(why) for why in Why if why in every}


def _absent(is_due: bool, asked: bool) -> Why:
    """Why a run has no bill of a subscription."""
    if not is_due:
        return Why.NOT_DUE
    return Why.UNEXPLAINED if asked else Why.LATER


def _with_days(on: date, cycle: int, codes: list[str]) -> Columns:
    """The subscriptions of a cycle with days to bill before a day, and whether their rate is flat."""
    books = shelf.books(set(codes) & set(shelf.codes()))
    known = {code: id for id, code in enumerate(books, 1)}
    flat = [known[code] for code, book in books.items() if book.flat_rate]
    with connection.cursor() as cursor:
        found = gather.subscriptions(cursor, gather.Scope(on, cycle, 0, EVERY_ID), known)
    return found | {"flat": np.isin(found["book_id"], flat)}


def _is_due(due: Columns, on: date, terms: ch04_billing.Terms) -> list[bool]:
    measured = np.select([due["flat"], due["power"]], [Measured.FLAT_RATE, Measured.POWER], Measured.ENERGY)
    asked = ch04_billing.bills_due(due["previous_issued_on"].astype(np.int32), measured, on, terms)
    answer: list[bool] = (asked | (due["ends_on"] <= np.datetime64(on))).tolist()
    return answer


def _rows(query: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())
