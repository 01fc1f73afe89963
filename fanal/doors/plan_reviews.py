"""Review a plan of equal payments (4.4), where no batch of debits holds an instalment that it changes."""

from datetime import date

from django.db import transaction

from fanal.records.billing import plan_reviews as acts
from fanal.records.billing.plan_reviews import Review
from fanal.records.elsewhere.facts import UndertakingKind
from fanal.records.payments import debit_facts


@transaction.atomic
def review(*, account_id: int, number: str, cents: int, reason: str, by: str, on: date) -> Review:
    """The review that was inscribed. Refused as `review_plan`."""
    held = [it.due_on for it in debit_facts.presented({account_id}).values()
            if (it.kind, it.number) == (UndertakingKind.EQUAL_PAYMENTS, number)]  # fmt: skip
    return acts.review_plan(
        account_id=account_id,
        number=number,
        cents=cents,
        reason=reason,
        debited_to=max(held, default=None),
        by=by,
        on=on,
    )
