"""Review equal payments once a year (4.4): what the year cost, what is left of it, the instalment that takes its place.

The new instalment follows the next one of the plan: what the customer was told of it stays true. The balance stays on
the account: it is spread over the new instalments, and no bill is late for it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction

from fanal.law import explain
from fanal.law.conditions import ch04_equal_payments as ch04
from fanal.law.conditions.ch04_equal_payments import Settlement
from fanal.law.decision import Decision
from fanal.law.in_force import in_force
from fanal.law.yearly_review import Billed, Year, last_year, month_due, next_instalment
from fanal.records.elsewhere import acts, promises
from fanal.records.elsewhere.facts import STANDS, UndertakingKind
from fanal.records.elsewhere.promises import Promise
from fanal.records.ledger import acts as ledger
from fanal.values.dates import add_months
from fanal.values.refusal import Phrase, refuse

ONE_DAY = timedelta(days=1)
TWO_YEARS = 24
MOST_CENTS = 10_000_000  # an instalment above it is a slip of the hand
BESIDE = Phrase(
    "Une entente court à ce compte : y mettre fin d’abord ; ce qui en reste entre alors dans le solde que la révision "
    "répartit."
)
NOTHING_COMES = Phrase("Aucun versement n’est à venir dans ce plan : il n’y a rien à réviser.")
# The live bills of those accounts, of the other system and ours, with their days.
BILLS = f"""
SELECT b.account_id, b.from_on, b.to_on, b.total_cents FROM elsewhere_pastbill b
WHERE b.account_id = ANY(%(accounts)s) AND b.from_on < b.to_on AND b.to_on > %(since)s AND {STANDS.format(bill="b")}
UNION ALL
SELECT b.account_id, b.from_on, b.to_on, b.total_cents FROM billing_billeddays d
JOIN billing_bill b ON b.id = d.bill_id
JOIN billing_issue i ON (i.account_id, i.bill_id) = (b.account_id, b.id)
WHERE b.account_id = ANY(%(accounts)s) AND i.issued_on <= %(on)s
"""
# Since the first day of each plan: what bills asked and what was received, of the other system then here; the balance.
MOVED = """
SELECT of.account_id, coalesce(past.billed, 0)::bigint + coalesce(here.billed, 0)::bigint,
    coalesce(paid.received, 0)::bigint + coalesce(here.received, 0)::bigint, coalesce(here.balance, 0)::bigint
FROM unnest(%(accounts)s::bigint[], %(started)s::date[]) of (account_id, since)
LEFT JOIN LATERAL (SELECT sum(b.total_cents) AS billed FROM elsewhere_pastbill b
    WHERE b.account_id = of.account_id AND b.issued_on >= of.since) past ON true
LEFT JOIN LATERAL (SELECT sum(p.amount_cents) AS received FROM elsewhere_pastpayment p
    WHERE p.account_id = of.account_id AND p.received_on >= of.since) paid ON true
LEFT JOIN LATERAL (
    SELECT sum(p.debit_cents - p.credit_cents) AS balance,
        sum(p.debit_cents - p.credit_cents) FILTER (WHERE p.kind IN (1, 2) AND p.on_date >= of.since) AS billed,
        sum(p.credit_cents - p.debit_cents) FILTER (WHERE p.kind IN (3, 4) AND p.on_date >= of.since) AS received
    FROM ledger_posting p
    WHERE p.account_id = of.account_id AND p.ledger_account_id = 1200 AND p.on_date <= %(on)s) here ON true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a review rests on, and the instalment it proposes: 0 where nothing is left to pay; cents."""

    plan: Promise
    month_on: date  # first day of the month of the review
    from_on: date | None  # first day of the new plan, after the next instalment; None: none is to come
    beside: bool  # an arrangement goes on: it is ended first
    year: Year | None  # None: nothing was billed
    billed_cents: int  # since the plan began
    received_cents: int
    other_cents: int  # what stood before, and what neither bills nor payments entered
    coming_cents: int  # of instalments due before the new ones
    settled: Decision[Settlement]
    instalments: Decision[tuple[int, ...]]
    proposed_cents: int

    @property
    def balance_cents(self) -> int:
        """What the account owes today; negative when we owe."""
        return self.billed_cents - self.received_cents + self.other_cents

    @property
    def spread_cents(self) -> int:
        """What the new instalments pay beside the cost of the year."""
        return self.balance_cents - self.coming_cents


def reviews(on: date, accounts: Collection[int] | None = None) -> list[Review]:
    """The plans of our cycles whose review month is this one, or passed without a review; the oldest month first."""
    found: list[tuple[Promise, date, bool]] = []
    for them in promises.going_on(on, accounts).values():
        beside = any(it.kind == UndertakingKind.ARRANGEMENT for it in them)
        plans = [it for it in them if it.kind == UndertakingKind.EQUAL_PAYMENTS]
        found += [(it, month, beside) for it in plans if (month := _due(it, on))]
    if not found:
        return []
    ids = [it.account_id for it, _month, _beside in found]
    bills, moved = _bills(ids, on), _moved(ids, [it.starts_on for it, _month, _beside in found], on)
    made = [_review(plan, month, beside, bills.get(plan.account_id, []), moved[plan.account_id], on)
            for plan, month, beside in found]  # fmt: skip
    return sorted(made, key=lambda it: (it.month_on, it.plan.account_id))


def review_of(account_id: int, on: date) -> Review | None:
    """The review that an account waits for; None where it waits for none."""
    return next(iter(reviews(on, [account_id])), None)


@transaction.atomic
def review_plan(
    *, account_id: int, number: str, cents: int, reason: str, debited_to: date | None, by: str, on: date
) -> Review:
    """Réviser un plan: from the day after its next instalment, each is of `cents`. Refused where none is awaited.

    `debited_to` is the last day of an instalment of the plan that a batch of debits holds already.
    """
    ledger.lock_accounts([account_id])
    found = review_of(account_id, on)
    if found is None or found.plan.number != number:
        raise refuse("Ces versements égaux n’attendent pas de révision aujourd’hui.")
    if found.beside:
        raise refuse(BESIDE)
    if found.from_on is None:
        raise refuse(NOTHING_COMES)
    if not 0 < cents <= MOST_CENTS:
        raise refuse("Un versement est d’un cent à 100 000 $.", field="cents")
    if not reason.strip():
        raise refuse("Il faut dire pourquoi ce montant.", field="reason")
    if debited_to is not None and debited_to >= found.from_on:
        raise refuse("Un lot de prélèvements tient déjà le versement du {day} : la révision suit ce jour.",
                     day=debited_to)  # fmt: skip
    acts.review_plan(
        plan=found.plan, month_on=found.month_on, from_on=found.from_on, cents=cents, reason=reason.strip(), by=by,
        on=on, year_cents=found.year.cost_cents if found.year else 0, balance_cents=found.spread_cents,
        grounds={"proposed_cents": found.proposed_cents, "settled": explain.as_dict(found.settled),
                 "instalments": explain.as_dict(found.instalments)},
    )  # fmt: skip
    return found


def _due(it: Promise, on: date) -> date | None:
    """The month of its review; nothing of a plan that another takes the place of, or whose end is inscribed."""
    if it.since is None or it.ends_on is not None:
        return None
    return month_due(it.starts_on, it.terms.get("review_month") or 0, it.since, on)


def _review(
    plan: Promise, month_on: date, beside: bool, bills: list[Billed], moved: tuple[int, int, int], on: date
) -> Review:
    terms = in_force(ch04.Terms, settings.FANAL_BYLAW, "ch04_equal_payments", on=on)
    billed, received, balance = moved
    stands = plan.standing(on)
    from_on = stands.next.due_on + ONE_DAY if stands and stands.next else None
    coming = sum(rest for _it, rest in plan.due_within(on, from_on)) if from_on else 0
    year, spread = last_year(bills, terms.year_months), balance - coming
    cost = year.cost_cents if year else 0
    return Review(
        plan=plan, month_on=month_on, from_on=from_on, beside=beside, year=year, billed_cents=billed,
        received_cents=received, other_cents=balance - billed + received, coming_cents=coming,
        settled=ch04.review_is_settled(ch04.Review(balance_cents=spread), terms),
        instalments=ch04.monthly_instalments(ch04.YearEstimate(estimated_cents=max(cost, 0)), terms),
        proposed_cents=next_instalment(cost, spread, terms.year_months),
    )  # fmt: skip


def _bills(accounts: list[int], on: date) -> dict[int, list[Billed]]:
    found: dict[int, list[Billed]] = {}
    with connection.cursor() as cursor:
        cursor.execute(BILLS, {"accounts": accounts, "on": on, "since": add_months(on, -TWO_YEARS)})
        for account_id, from_on, to_on, cents in cursor.fetchall():
            found.setdefault(account_id, []).append(Billed(from_on=from_on, to_on=to_on, cents=cents))
    return found


def _moved(accounts: list[int], started: list[date], on: date) -> dict[int, tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(MOVED, {"accounts": accounts, "started": started, "on": on})
        return {row[0]: row[1:] for row in cursor.fetchall()}
