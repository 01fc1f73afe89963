"""The journal: who did what, about what, on which day, and on which grounds. Append-only."""

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """Écriture du journal: one act, kept for good."""

    # The instant of recording is the database's own stamp, never an input of a rule.
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    on = models.DateField(db_column="on_date")
    by = models.CharField(max_length=150, db_column="by_whom")
    act = models.CharField(max_length=100)
    about = models.CharField(max_length=100)
    grounds = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["about"]), models.Index(fields=["act", "on"])]
