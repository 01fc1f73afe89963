"""Notices: what is to be sent, to whom, by which channel. A queue; links carry it later."""

from django.db import models


class SubjectKind(models.IntegerChoices):
    """What a delivery carries."""

    BILL = 1, "facture"
    CREDIT_NOTE = 2, "note de crédit"


class Channel(models.IntegerChoices):
    """By which means."""

    POST = 1, "poste"
    EMAIL = 2, "courriel"


class Delivery(models.Model):
    """Ordre d'envoi: one document, one channel, once (I14)."""

    pk = models.CompositePrimaryKey("subject_kind", "subject", "channel", "account_id")
    account_id = models.BigIntegerField()
    subject_kind = models.SmallIntegerField(choices=SubjectKind.choices)
    subject = models.BigIntegerField()
    channel = models.SmallIntegerField(choices=Channel.choices)
    queued_on = models.DateField()
