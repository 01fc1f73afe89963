"""Queue what is to be sent."""

from django.db import connection

from fanal.records import columns
from fanal.records.journal.refusals import saying
from fanal.records.notices.models import Channel, SubjectKind

__all__ = ["Channel", "SubjectKind"]

QUEUED_TWICE = "Cet envoi est déjà prévu : un document part une seule fois par moyen de communication."


def queue_deliveries(*, deliveries: columns.Columns) -> None:
    """Prévoir des envois, in the caller's transaction and under its journal line.

    Columns: account_id i64, subject_kind i16, subject i64, channel i16, queued_on D. Refused when one is queued twice.
    """
    if not len(deliveries["account_id"]):
        return
    with saying({"notices_delivery_pkey": QUEUED_TWICE}), connection.cursor() as cursor:
        columns.write(cursor, "notices_delivery", deliveries)
