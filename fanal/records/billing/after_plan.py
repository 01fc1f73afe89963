"""Fin des versements égaux (4.4): what a plan paid falls due with the first later bill that asks for it (4.3.4).

Each bill under the plan said that nothing else was to be paid: none was late by its own date, and none is on the day
after the plan. What the customer did not keep to is in default by its own dates, as it was while the plan went on.
"""

from fanal.records.elsewhere.promises import REPLACED

NOT_ASKED = "DATE '9999-12-31'"  # the day, until a bill asks
# A plan of the account goes on that day, or ended because its instalments were not received.
PLAN_HOLDS = f"""EXISTS (SELECT FROM elsewhere_undertaking u
    LEFT JOIN elsewhere_promiseend e ON (e.account_id, e.kind, e.number) = (u.account_id, u.kind, u.number)
    WHERE u.account_id = {{account}} AND u.kind = 'EQUAL_PAYMENTS' AND u.live AND u.starts_on <= %(on)s
        AND NOT {REPLACED.format(on="%(on)s")} AND (e.reason = 'UNPAID'
            OR (coalesce(least(u.ends_on, e.ended_on), 'infinity') > %(on)s
                AND EXISTS (SELECT FROM subscriptions_subscription s
                    WHERE s.account_id = u.account_id AND coalesce(s.ends_on, 'infinity') > %(on)s))))"""
# Of what the old system billed, what its plan paid when Fanal took over.
OPENED_UNDER_PLAN = """{opening}.id IS NOT NULL AND EXISTS (SELECT FROM elsewhere_undertaking u
    WHERE u.account_id = {opening}.account_id AND u.kind = 'EQUAL_PAYMENTS' AND u.live
        AND u.starts_on <= {opening}.due_on AND coalesce(u.ends_on, 'infinity') > {opening}.on_date)"""
# The due date of the first bill after that day that said of no plan that it pays all; a bill taken back asks nothing.
NEXT_DUE_ON = """(SELECT n.due_on FROM billing_issue n
    JOIN billing_bill asking ON (asking.account_id, asking.id) = (n.account_id, n.bill_id) AND asking.kind = 0
    LEFT JOIN billing_paymentmode said ON (said.account_id, said.bill_id) = (n.account_id, n.bill_id)
    WHERE n.account_id = {account} AND n.issued_on > {since} AND n.issued_on <= %(on)s
        AND said.plan IS DISTINCT FROM 'EQUAL_PAYMENTS' AND NOT EXISTS (SELECT FROM billing_bill note
            JOIN billing_issue noted ON (noted.account_id, noted.bill_id) = (note.account_id, note.id)
            WHERE note.account_id = n.account_id AND note.reverses_id = asking.id AND noted.issued_on <= %(on)s)
    ORDER BY n.issued_on, n.bill_id LIMIT 1)"""


def _asked_on(account: str, since: str, under_plan: str, whatever_plan: bool) -> str:
    """SQL: the day on which what a plan paid falls due; NULL where its own date holds. Asks %(on)s.

    With `whatever_plan`, as if no plan held: what its end would change.
    """
    holds = "false" if whatever_plan else PLAN_HOLDS.format(account=account)
    asking = NEXT_DUE_ON.format(account=account, since=since)
    return f"CASE WHEN ({under_plan}) AND NOT {holds} THEN coalesce({asking}, {NOT_ASKED}) END"


def asked_on(issue: str, said: str, *, whatever_plan: bool = False) -> str:
    """The same of a bill, by the names of its issue and of how it said that it is paid."""
    under_plan = f"coalesce({said}.plan, '') = 'EQUAL_PAYMENTS'"
    return _asked_on(f"{issue}.account_id", f"{issue}.issued_on", under_plan, whatever_plan)


def opened_asked_on(opening: str, *, whatever_plan: bool = False) -> str:
    """The same of an opening."""
    under_plan = OPENED_UNDER_PLAN.format(opening=opening)
    return _asked_on(f"{opening}.account_id", f"{opening}.on_date", under_plan, whatever_plan)
