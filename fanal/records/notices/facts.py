"""What is to be sent."""

from datetime import date

from fanal.records.notices.models import Channel, Delivery, SubjectKind

__all__ = ["Channel", "SubjectKind"]


def deliveries_of(account_id: int) -> list[tuple[SubjectKind, int, Channel, date]]:
    """The delivery orders of an account: (kind, subject, channel, day), oldest first."""
    rows = Delivery.objects.filter(account_id=account_id).order_by("queued_on", "subject_kind", "subject", "channel")
    return [
        (SubjectKind(kind), subject, Channel(channel), on)
        for kind, subject, channel, on in rows.values_list("subject_kind", "subject", "channel", "queued_on")
    ]
