"""Subscriptions with their accounts, and the promises that go on: plans, arrangements, debits, deposits."""

from typing import Any

from fanal.records.elsewhere import acts as elsewhere
from fanal.records.ledger import acts as ledger
from fanal.records.subscriptions import acts as subscriptions
from fanal.records.subscriptions.facts import NO_BOOK
from fanal.records.takeover import facts
from fanal.records.takeover.first_books import GIVEN
from fanal.records.takeover.loading.steps import Load

SUBSCRIPTIONS = """
SELECT our_id AS id, account_id, point AS delivery_point_id, book, domestic, multiplier, units, starts_on, ends_on
FROM new_subscriptions
"""
MOVES = "ends_on status debit equal_payments nature"
ENDINGS = "SELECT known_id AS id, ends_on FROM changed_subscriptions WHERE ends_on IS NOT NULL"
# The end is another than was told: somebody ended it here, or Fanal bills it since.
ENDED_HERE = """
SELECT FROM subscriptions_subscription s JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
LEFT JOIN elsewhere_takencycle c ON c.cycle = d.cycle
WHERE s.id = new.known_id AND new.ends_on IS DISTINCT FROM s.ends_on AND (s.ends_on IS NOT NULL OR c.ours)
"""
TAKEN = """s.delivery_point_id = new.point
    AND daterange(s.starts_on, s.ends_on) && daterange(new.starts_on, new.ends_on)"""
HOLDERS = """
SELECT new.our_id AS subscription_id, customer.own_id AS customer_id, 1::smallint AS rank FROM new_subscriptions new
JOIN customer_of customer ON customer.number = new.customer
"""
OVERLAPPED = """(SELECT file_id, line, max(coalesce(ends_on, 'infinity'::date)) OVER (PARTITION BY premises
    ORDER BY starts_on, line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS upto FROM new_subscriptions) before"""
# The amount and the terms of what goes on: its next day is told from them when asked. What ended keeps its last day.
EQUAL_PAYMENTS = """
SELECT account.account_id, 'EQUAL_PAYMENTS' AS kind, new.starts_on::text AS number, new.starts_on, new.ends_on,
    coalesce(new.status = 'ACTIVE', false) AS live, new.instalment AS amount_cents,
    jsonb_strip_nulls(jsonb_build_object('debit_day', new.debit_day, 'review_month', new.review_month,
        'debited_count', new.debited_count, 'end_reason', new.end_reason)) AS terms
FROM {table} new JOIN account_of account ON account.number = new.account
"""
ARRANGEMENTS = """
SELECT account.account_id, 'ARRANGEMENT' AS kind, new.number, new.agreed_on AS starts_on,
    (new.agreed_on + (new.count * coalesce(new.every_days, 30))::int) AS ends_on,
    coalesce(new.status = 'RUNNING', false) AS live, new.instalment AS amount_cents,
    jsonb_strip_nulls(jsonb_build_object('total_cents', new.total, 'count', new.count,
        'last_cents', new.last_instalment, 'every_days', new.every_days, 'paid_count', new.paid_count,
        'status', new.status)) AS terms
FROM {table} new JOIN account_of account ON account.number = new.account
"""
DEBITS = """
SELECT account.account_id, 'DEBIT' AS kind, coalesce(new.authorized_on::text, new.key) AS number,
    coalesce(new.authorized_on, %(as_of)s) AS starts_on, new.ends_on, coalesce(new.status = 'ACTIVE', false) AS live,
    0::bigint AS amount_cents,
    jsonb_strip_nulls(jsonb_build_object('institution', new.institution, 'transit', new.transit,
        'bank_account', new.bank_account, 'holder', new.holder)) AS terms
FROM {table} new JOIN account_of account ON account.number = new.account
"""
# The interest of a deposit held is reckoned on 31 March and paid on 15 May.
DEPOSITS = """
SELECT account.account_id, 'DEPOSIT' AS kind, new.number, new.received_on AS starts_on, new.left_on AS ends_on,
    coalesce(new.status = 'HELD', false) AS live, new.amount AS amount_cents,
    jsonb_strip_nulls(jsonb_build_object('reason', new.reason, 'interest_cents', new.interest_paid,
        'left_by', new.left_by)) AS terms
FROM {table} new JOIN account_of account ON account.number = new.account
"""
# Of each, its query, and the columns that move as long as the old system bills its cycle.
PROMISES = {
    "equal_payments": (EQUAL_PAYMENTS, "ends_on instalment debit_day review_month debited_count status end_reason"),
    "arrangements": (ARRANGEMENTS, "paid_count status"),
    "debits": (DEBITS, "institution transit bank_account holder ends_on status"),
    "deposits": (DEPOSITS, "interest_paid left_on left_by status"),
}
# A plan that was reviewed here goes on here: another of the old system does not take its place.
REVIEWED = """
SELECT FROM account_of a JOIN elsewhere_planreview r ON r.account_id = a.account_id WHERE a.number = new.account
"""
OURS = """
SELECT FROM account_of a JOIN premises_deliverypoint d ON d.id = a.delivery_point_id
JOIN elsewhere_takencycle c ON c.cycle = d.cycle WHERE a.number = new.account AND c.ours
"""


def load_subscriptions(load: Load, *, by: str) -> None:
    """Ouvrir les abonnements, one account each, as the old system had them."""
    load.take("subscriptions", """, nextval(pg_get_serial_sequence('subscriptions_subscription', 'id')) AS our_id,
        NULL::bigint AS account_id, NULL::bigint AS point, NULL::text AS book, true AS domestic,
        1::smallint AS multiplier, coalesce(ready.quantity, 0)::integer AS units""", moves=MOVES)  # fmt: skip
    _end_subscriptions(load)
    load.table("places", f"SELECT number, dwellings FROM ({facts.ready('premises', load.export_id)}) p")
    load.missing("subscriptions", "customer", "customers")
    load.missing("subscriptions", "premises", "premises")
    load.run(
        """UPDATE new_subscriptions new SET point = k.our_id, book = coalesce(books.book, %(no_book)s || new.tariff),
            domestic = coalesce(books.domestic, false),
            multiplier = CASE WHEN books.dwellings THEN greatest(1, coalesce(place.dwellings, 1)) ELSE 1 END
        FROM takeover_known k
        LEFT JOIN places place ON place.number = k.key,
        new_subscriptions mine LEFT JOIN
            unnest(%(tariffs)s::text[], %(books)s::text[], %(domestic)s::bool[], %(dwellings)s::bool[])
            AS books (tariff, book, domestic, dwellings) ON books.tariff = mine.tariff
        WHERE k.kind = 'premises' AND k.key = new.premises AND mine.key = new.key""",
        **_books(load),
    )
    load.aside("subscriptions", "new.ends_on <= new.starts_on", "ENDS_BEFORE_IT_STARTS")
    load.aside("subscriptions", "(before.file_id, before.line) = (new.file_id, new.line)"
               " AND before.upto > new.starts_on", "SUBSCRIBED_TWICE", using=OVERLAPPED)  # fmt: skip
    load.aside("subscriptions", TAKEN, "SUBSCRIBED_TWICE", using="subscriptions_subscription s")
    # What an earlier load left without a book, and the mapping gives one now.
    load.given = subscriptions.give_books(given=GIVEN, parameters=_books(load))
    _open_accounts(load, by)
    subscriptions.take_over(subscriptions=SUBSCRIPTIONS, holders=HOLDERS)
    load.know("subscriptions", "new.our_id")
    load.table(
        "account_of",
        """SELECT k.key AS number, s.account_id, s.id AS subscription_id, s.delivery_point_id, s.starts_on, s.ends_on
        FROM takeover_known k JOIN subscriptions_subscription s ON s.id = k.our_id WHERE k.kind = 'subscriptions'""",
    )
    load.run("CREATE INDEX ON account_of (number)")


def _books(load: Load) -> dict[str, Any]:
    """The books of the mapping, as parameters."""
    books = list(load.books.values())
    return {
        "no_book": NO_BOOK,
        "tariffs": list(load.books),
        "books": [it.book for it in books],
        "domestic": [it.domestic for it in books],
        "dwellings": [it.dwellings for it in books],
    }


def _end_subscriptions(load: Load) -> None:
    """Mettre fin à ceux que l’ancien système a finis depuis, before others begin in their place."""
    load.aside("subscriptions", "new.ends_on <= new.starts_on", "ENDS_BEFORE_IT_STARTS", of="changed")
    load.aside("subscriptions", "was.key = new.key AND was.ends_on IS NOT NULL AND new.ends_on IS DISTINCT FROM"
               " was.ends_on", "CHANGED_SINCE", """'{"columns": "ends_on"}'::jsonb""",
               using="was_subscriptions was", of="changed")  # fmt: skip
    load.aside("subscriptions", f"EXISTS ({ENDED_HERE})", "CHANGED_HERE", of="changed")
    subscriptions.end_taken_over(endings=ENDINGS)


def _open_accounts(load: Load, by: str) -> None:
    """One account a subscription, in the order of their numbers."""
    keys = [row[0] for row in load.rows("SELECT key FROM new_subscriptions ORDER BY key")]
    if not keys:
        return
    ids = ledger.open_accounts(count=len(keys), by=by, on=load.as_of)
    load.run(
        """UPDATE new_subscriptions new SET account_id = given.id
        FROM unnest(%(keys)s::text[], %(ids)s::bigint[]) given (key, id) WHERE given.key = new.key""",
        keys=keys, ids=ids,
    )  # fmt: skip


def load_promises(load: Load) -> None:
    """Reprendre ce qui a été promis, alive or ended, with its terms."""
    for kind, (query, moves) in PROMISES.items():
        load.take(kind, moves=moves)
        load.missing(kind, "account", "subscriptions")
        load.aside(kind, f"EXISTS ({OURS})", "CYCLE_IS_OURS", of="changed")
        if kind == "equal_payments":
            load.aside(kind, f"EXISTS ({REVIEWED})", "CYCLE_IS_OURS")
        given = {"parameters": {"as_of": load.as_of}}
        elsewhere.keep(what="undertakings", query=query.format(table=f"new_{kind}"), **given)
        elsewhere.follow_undertakings(query=query.format(table=f"changed_{kind}"), **given)
        load.know(kind)
