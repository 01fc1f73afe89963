"""Révisions: the plans of equal payments that wait for their annual review (4.4), each with its customer. Read-only."""

from dataclasses import dataclass
from datetime import date

from fanal.records.billing.plan_reviews import Review, reviews
from fanal.reports.promised import Who, who_of


@dataclass(frozen=True, slots=True)
class Awaited:
    """A review that is awaited, and of whom."""

    who: Who
    review: Review


def awaited(on: date) -> list[Awaited]:
    """Those of that day, the oldest month first. Four queries, whatever their number."""
    found = reviews(on)
    who = who_of({it.plan.account_id for it in found})
    return [Awaited(who[it.plan.account_id], it) for it in found]
