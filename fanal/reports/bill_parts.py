"""Small parts of the story of a bill: why it waited, what was doubtful, what was decided, how it is paid."""

from dataclasses import dataclass
from datetime import date
from typing import Any

EQUAL_PAYMENTS, ARRANGEMENT = "EQUAL_PAYMENTS", "ARRANGEMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why the computed bill waited, with the figures that prove it."""

    reason: int
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What was doubtful about a reading of the bill: a code of the law, with the figures of its sentence."""

    code: str
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a person decided of it."""

    act: str
    reason: str
    by: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How the account is paid, as the bill said: by instalments, or by a debit of what it asks."""

    plan: str  # EQUAL_PAYMENTS, ARRANGEMENT; none for a debit alone
    instalment_cents: int
    month_day: int
    every_days: int
    next_on: date | None
    left_cents: int  # of an arrangement
    debited: bool
    account_ends: str

    def spread(self, before_cents: int, total_cents: int) -> int:
        """Of what stood before the bill and of its total, what instalments pay: all, or what an arrangement covers."""
        if self.plan == EQUAL_PAYMENTS:
            return before_cents + total_cents
        return min(self.left_cents, max(before_cents, 0))


def mode_of(row: dict[str, Any]) -> Mode:
    """A mode from the row that keeps it."""
    next_on = date.fromisoformat(row["next_on"]) if row["next_on"] else None
    return Mode(**{name: row[name] for name in Mode.__dataclass_fields__} | {"next_on": next_on})
