"""Approve a correction unless an invariant stays broken, then let the account's payments follow to the new bills."""

from datetime import date

from django.db import transaction

from fanal.doors.jobs import verification
from fanal.records.billing import acts
from fanal.records.payments import acts as payments
from fanal.reports.corrections import KnownCorrection
from fanal.values.refusal import Phrase

WAITS = Phrase("La correction attend toujours ; corriger ce qui les enfreint, puis l’approuver de nouveau.")


def approve(known: KnownCorrection, *, by: str, on: date) -> list[int]:
    """The ids of the new bills. Raises Refused, or whatever the payments meet; then nothing is issued."""
    before = verification.broken(by=by, on=on, about=f"subscription:{known.subscription_id}")
    with transaction.atomic():
        made = acts.approve_correction(correction_id=known.id, by=by, on=on)
        payments.allocate(account_ids=[known.account_id], by=by, on=on)
        verification.require_mended(before, WAITS)
    return made
