"""Approve a correction, then let the account's payments follow to the new bills."""

from datetime import date

from fanal.records.billing import acts
from fanal.records.payments import acts as payments
from fanal.reports.corrections import KnownCorrection


def approve(known: KnownCorrection, *, by: str, on: date) -> list[int]:
    """The ids of the new bills. Raises Refused; then nothing is done."""
    made = acts.approve_correction(correction_id=known.id, by=by, on=on)
    payments.allocate(account_ids=[known.account_id], by=by, on=on)
    return made
