"""What billing knows of proposed books: their life, what each touches, their rehearsals."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from fanal.law.tariffs.book import Book as Tariff
from fanal.records.billing.models import Proposal, ProposalState, Rehearsal

SUBSCRIPTIONS = """
SELECT count(*) FROM subscriptions_subscription WHERE book = %(code)s AND (ends_on IS NULL OR ends_on > %(on)s)
"""
# Not rated with the proposed book yet, nor with one that was activated after it and has its prices.
BEFORE = """k.digest NOT IN (SELECT digest FROM billing_proposal
        WHERE code = %(code)s AND id >= %(proposal)s AND (id = %(proposal)s OR state = 'ACTIVATED'))"""
# Live bills with days at the prices that change.
BILLS = f"""
SELECT count(*), count(DISTINCT b.subscription_id), coalesce(sum(b.total_cents), 0)::bigint FROM billing_bill b
JOIN billing_billeddays d ON d.account_id = b.account_id AND d.bill_id = b.id
JOIN billing_book k ON k.id = b.book_id
WHERE b.id >= (SELECT min(id)::bigint << 33 FROM billing_run WHERE on_date > %(since)s)
    AND k.code = %(code)s AND b.to_on > %(since)s AND {BEFORE}
"""
RUNS = f"""
SELECT r.id, r.on_date, r.cycle, r.state, count(*) FROM billing_run r
JOIN billing_bill b ON b.id >= r.id::bigint << 33 AND b.id < (r.id::bigint + 1) << 33 AND b.kind = 0
JOIN billing_book k ON k.id = b.book_id
WHERE r.state NOT IN ('ISSUED', 'ABANDONED') AND k.code = %(code)s AND b.to_on > %(since)s AND {BEFORE}
GROUP BY r.id ORDER BY r.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedRun:
    """An open run, and how many of its bills have days at the prices that change: they are computed again."""

    run_id: int
    on: date
    cycle: int
    state: str
    bills: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a book touches: who is served by it, what was issued over the days that it changes, the open runs."""

    subscriptions: int
    bills: int
    billed_subscriptions: int
    billed_cents: int
    runs: tuple[TouchedRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProposal:
    """A proposed book as its list and its page show it."""

    id: int
    code: str
    digest: str
    replaces: str
    changes_from_on: date | None
    retroactive: bool
    note: str
    proposed_by: str
    proposed_on: date
    state: str
    decided_by: str
    decided_on: date | None
    reason: str

    @property
    def is_open(self) -> bool:
        """Whether nobody decided of it."""
        return self.state == "PROPOSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRehearsal:
    """A rehearsal that was asked for; without an outcome while the worker is at it."""

    id: int
    proposal_id: int | None
    code: str
    digest: str
    replaced: dict[str, str]
    from_on: date
    to_on: date
    dated: bool
    by: str
    on: date
    outcome: dict[str, Any] | None


_PROPOSAL = tuple(KnownProposal.__dataclass_fields__)
_REHEARSAL = tuple(KnownRehearsal.__dataclass_fields__)


def proposals(*, only_open: bool = False) -> list[KnownProposal]:
    """Every proposal, or those of which nobody decided: the open ones first, then the last first."""
    which = {"state": ProposalState.PROPOSED} if only_open else {}
    found = Proposal.objects.filter(**which).order_by("-pk").values(*_PROPOSAL)
    return sorted((KnownProposal(**it) for it in found), key=lambda it: not it.is_open)


def proposal(proposal_id: int) -> KnownProposal | None:
    """The proposal of that id; None when there is none."""
    found = Proposal.objects.filter(pk=proposal_id).values(*_PROPOSAL).first()
    return KnownProposal(**found) if found else None


def kept(digest: str) -> Tariff | None:
    """The content of a proposed book, or of one that billed, by its digest; None when it was never kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT content::text FROM billing_proposal WHERE digest = %(digest)s UNION ALL "
            "SELECT content::text FROM billing_book WHERE digest = %(digest)s LIMIT 1",
            {"digest": digest},
        )
        row = cursor.fetchone()
        return Tariff.model_validate_json(row[0]) if row else None


def touched(proposal_id: int, code: str, since: date | None, on: date) -> Touched:
    """What a proposal that changes the prices of a book since that day touches; nothing billed when no amount changes.

    Once it is activated, what is rated with it is no longer counted.
    """
    of = {"proposal": proposal_id, "code": code, "since": since, "on": on}
    with connection.cursor() as cursor:
        cursor.execute(SUBSCRIPTIONS, of)
        [served] = cursor.fetchone()
        if since is None:
            return Touched(subscriptions=served, bills=0, billed_subscriptions=0, billed_cents=0, runs=())
        cursor.execute(BILLS, of)
        bills, subscriptions, cents = cursor.fetchone()
        cursor.execute(RUNS, of)
        names = ("run_id", "on", "cycle", "state", "bills")
        runs = tuple(TouchedRun(**dict(zip(names, row, strict=True))) for row in cursor.fetchall())
    return Touched(subscriptions=served, bills=bills, billed_subscriptions=subscriptions, billed_cents=cents, runs=runs)


def rehearsals(*, proposal_id: int | None = None, limit: int = 20) -> list[KnownRehearsal]:
    """The last rehearsals, or those of one proposal, the last first."""
    which = {} if proposal_id is None else {"proposal_id": proposal_id}
    found = Rehearsal.objects.filter(**which).order_by("-pk").values(*_REHEARSAL)[:limit]
    return [KnownRehearsal(**it) for it in found]


def rehearsal(rehearsal_id: int) -> KnownRehearsal | None:
    """The rehearsal of that id; None when there is none."""
    found = Rehearsal.objects.filter(pk=rehearsal_id).values(*_REHEARSAL).first()
    return KnownRehearsal(**found) if found else None


def rehearsed(rehearsal_id: int) -> Tariff:
    """The book that a rehearsal is about."""
    return Tariff.model_validate(Rehearsal.objects.values_list("content", flat=True).get(pk=rehearsal_id))


def compared(asked: KnownRehearsal) -> dict[str, Tariff]:
    """By code, the books that a rehearsal compares with, as they were when it was asked for."""
    found = {code: kept(digest) for code, digest in asked.replaced.items()}
    return {code: book for code, book in found.items() if book}
