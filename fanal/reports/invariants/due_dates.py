"""I26: every issued bill is due on the days that chapter 4 gives, by the figures in force on the day it was issued.

4.3.1 dates the payment; 4.2.2 gives a second date to a bill that came late. Columns, a day of issue at a time.
"""

from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection

from fanal.law.conditions import ch04_billing
from fanal.law.conditions.ch04_billing import Measured
from fanal.law.delays import Days, holidays
from fanal.law.in_force import in_force
from fanal.records.columns import Columns, read

TITLE_FR = "Échéances : chaque facture émise est due aux dates que donnent les articles 4.3.1 et 4.2.2"
TITLE_EN = "Due dates: each issued bill is due on the dates that articles 4.3.1 and 4.2.2 give"

ISSUES = """
SELECT i.account_id, i.bill_id, i.issued_on, i.due_on, i.second_due_on, b.total_cents, b.kw > 0,
    b.book_id = ANY(ARRAY(SELECT id FROM billing_book WHERE content ->> 'flat_rate' = 'true')),
    coalesce(previous.issued_on, h.issued_on, s.starts_on, i.issued_on)
FROM billing_issue i
JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id
LEFT JOIN subscriptions_subscription s ON s.id = b.subscription_id
LEFT JOIN elsewhere_handover h ON b.previous_id = 0 AND h.subscription_id = b.subscription_id
LEFT JOIN billing_issue previous ON previous.account_id = b.account_id AND previous.bill_id = b.previous_id
ORDER BY i.issued_on, i.bill_id
"""
ISSUE_KINDS = {
    "account_id": "int64", "bill_id": "int64", "issued_on": "datetime64[D]", "due_on": "datetime64[D]",
    "second_due_on": "datetime64[D]", "total_cents": "int64", "power": "bool", "flat_rate": "bool",
    "previous_on": "datetime64[D]",
}  # fmt: skip


def differences(shown: int) -> tuple[list[dict[str, Any]], int]:
    """The first bills that are due on other days, with those that the law gives, and how many there are."""
    with connection.cursor() as cursor:
        issues = read(cursor, ISSUES, ISSUE_KINDS)
    first, second, known = _derived(issues)
    differs = ~known | (issues["due_on"] != first) | (issues["second_due_on"] != second)
    places = np.flatnonzero(differs)
    found = [
        {"fault": "due_on_another_day" if known[place] else "issued_beyond_the_calendar"}
        | {name: issues[name][place].item() for name in ("account_id", "bill_id", "issued_on", "due_on")}
        | {"lawful_on": first[place].item(), "second_due_on": issues["second_due_on"][place].item()}
        | {"lawful_second_on": second[place].item()}
        for place in places[:shown]
    ]
    return found, len(places)


def _derived(issues: Columns) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both due dates of each bill, and whether the law and its calendar are known on its day of issue."""
    first, second = issues["issued_on"].copy(), issues["issued_on"].copy()
    known = np.ones(len(first), bool)
    for at in np.split(np.arange(len(first)), np.flatnonzero(np.diff(issues["issued_on"])) + 1):
        if len(at):
            try:
                due, later = _due({name: column[at] for name, column in issues.items()})
                first[at], second[at] = due.astype("datetime64[D]"), later.astype("datetime64[D]")
            except ValueError:  # no figures, or no holidays, for that day
                known[at] = False
    return first, second, known


def _due(issues: Columns) -> tuple[Days, Days]:
    """The due date and the second one of bills issued on one day."""
    terms = in_force(ch04_billing.Terms, settings.FANAL_BYLAW, "ch04_billing", on=issues["issued_on"][0].item())
    closed, days = holidays(settings.FANAL_BYLAW), issues["issued_on"].astype(np.int32)
    due = ch04_billing.due_dates(days, terms, closed)
    measured = np.where(issues["flat_rate"], Measured.FLAT_RATE, Measured.ENERGY)
    late = ch04_billing.late_bills(days, issues["previous_on"].astype(np.int32), measured, issues["power"], terms)
    paid_in_two = late & (issues["total_cents"] > 0)
    return due, np.where(paid_in_two, ch04_billing.due_dates(due, terms, closed), due)
