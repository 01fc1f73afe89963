"""Promises taken over, for tests: a plan, an arrangement, a debit, a deposit, a notice of an account."""

import json
from datetime import date
from typing import Any

from fanal.records.elsewhere import acts

MADE = """SELECT %(account)s::bigint AS account_id, %(kind)s AS kind, %(number)s AS number,
    %(starts)s::date AS starts_on, %(ends)s::date AS ends_on, %(live)s AS live, %(cents)s::bigint AS amount_cents,
    %(terms)s::jsonb AS terms"""
SENT = """SELECT %(account)s::bigint AS account_id, %(number)s AS number, %(kind)s AS kind, %(on)s::date AS on_date,
    %(cents)s::bigint AS amount_cents, 'POST' AS sent_by, '' AS note"""
STARTED = date(2025, 4, 21)


def promise(
    account_id: int, kind: str, cents: int = 0, *, starts_on: date = STARTED, ends_on: date | None = None,
    live: bool = True, number: str = "", **terms: Any,
) -> None:  # fmt: skip
    """A promise that was taken over with its terms."""
    acts.keep(what="undertakings", query=MADE, parameters={
        "account": account_id, "kind": kind, "number": number or f"{kind}-{starts_on}", "starts": starts_on,
        "ends": ends_on, "live": live, "cents": cents, "terms": json.dumps(terms),
    })  # fmt: skip


def equal_payments(account_id: int, cents: int = 6_200, day: int = 20, *, review_month: int = 4, **told: Any) -> None:
    """Versements égaux of so much each month."""
    promise(account_id, "EQUAL_PAYMENTS", cents, debit_day=day, review_month=review_month, **told)


def arrangement(
    account_id: int, *, cents: int, count: int, starts_on: date, last_cents: int, paid: int = 0, number: str = "",
) -> None:  # fmt: skip
    """Entente of so many instalments, a month apart."""
    promise(
        account_id, "ARRANGEMENT", cents, starts_on=starts_on, number=number, count=count, every_days=30,
        paid_count=paid, last_cents=last_cents, total_cents=cents * (count - 1) + last_cents, status="RUNNING",
    )  # fmt: skip


def debit(account_id: int, bank_account: str = "4477518") -> None:
    """Accord de prélèvement préautorisé."""
    promise(account_id, "DEBIT", institution="913", transit="11932", bank_account=bank_account, holder="A. SPÉCIMEN")


def notice(account_id: int, kind: str, on: date, cents: int = 11_498) -> None:
    """An avis that the old system sent."""
    acts.keep(what="notices", query=SENT, parameters={
        "account": account_id, "number": f"{kind[:3]}{on:%y%m%d}", "kind": kind, "on": on, "cents": cents,
    })  # fmt: skip
