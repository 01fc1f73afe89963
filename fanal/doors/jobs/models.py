"""Long work that a page asked for. What it does is exactly-once by its own chunks; this only says that it is wanted."""

from django.db import models


class JobState(models.TextChoices):
    """The life of a job."""

    WAITING = "WAITING", "en attente"
    RUNNING = "RUNNING", "en cours"
    DONE = "DONE", "finie"
    PAUSED = "PAUSED", "suspendue"
    FAILED = "FAILED", "arrêtée"


class Job(models.Model):
    """Tâche: one piece of long work, for whom, about what, how far."""

    kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    about = models.CharField(max_length=200, default="", blank=True)  # what no number says: a folder
    by = models.CharField(max_length=150, db_column="by_whom")
    on = models.DateField(db_column="on_date")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    asked_at = models.DateTimeField(auto_now_add=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    said = models.TextField(blank=True)  # why it stopped, as a sentence for the person
    said_in_english = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "subject"]), models.Index(fields=["state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(state__in=["WAITING", "RUNNING"]),
                name="one_live_job_per_subject",
            )
        ]
