"""Subscriptions: who is supplied where, at which rate, from when to when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models


class Subscription(models.Model):
    """Abonnement: one account supplied at one delivery point, at one rate, over one half-open period."""

    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="subscriptions")
    delivery_point = models.ForeignKey("premises.DeliveryPoint", models.PROTECT, related_name="subscriptions")
    book = models.CharField(max_length=60)  # tarif: code of a book, « hydro_quebec/D »
    domestic = models.BooleanField()  # usage domestique
    multiplier = models.SmallIntegerField(default=1)  # multiplicateur: number of dwellings
    units = models.IntegerField(default=0)  # luminaires ou boîtiers, for a flat rate
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["delivery_point", "starts_on"])]
        constraints = [
            ExclusionConstraint(
                name="one_subscription_per_delivery_point_and_day",
                expressions=[
                    ("delivery_point", RangeOperators.EQUAL),
                    (models.Func("starts_on", "ends_on", function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="subscription_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=models.Q(multiplier__gte=1), name="multiplier_counts_from_one"),
            models.CheckConstraint(condition=models.Q(units__gte=0), name="units_not_negative"),
        ]


class GivenBook(models.Model):
    """Livre donné to a subscription whose rate was taken over without one. Never edited: taken back until it bills."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="given_books")
    rate = models.CharField(max_length=58)  # of the old system
    book = models.CharField(max_length=60)


class SubscriptionHolder(models.Model):
    """Titulaire: a customer who owes the whole of a subscription (art. 2.4); several may."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="holders")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    rank = models.SmallIntegerField(default=1)  # the first is written to

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "customer"], name="holder_once"),
            models.UniqueConstraint(fields=["subscription", "rank"], name="holder_rank_once"),
        ]


class FormerHolder(models.Model):
    """Titulaire d’avant une fusion: who held a subscription, at which rank, before two customers became one."""

    merge = models.ForeignKey("customers.Merge", models.PROTECT, related_name="+")
    holder_id = models.BigIntegerField()  # the id of its row, which an undoing puts back
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    rank = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merge", "subscription", "rank"], name="former_holder_once"),
        ]


class OwnerAgreement(models.Model):
    """Propriétaire au dossier (art. 5.2.1): who becomes the customer when the tenant leaves."""

    premises = models.ForeignKey("premises.Premises", models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["premises"])]
        constraints = [
            ExclusionConstraint(
                name="one_owner_on_file_per_premises_and_day",
                expressions=[
                    ("premises", RangeOperators.EQUAL),
                    (models.Func("starts_on", "ends_on", function="daterange"), RangeOperators.OVERLAPS),
                ],
            )
        ]


class FormerOwner(models.Model):
    """Propriétaire d’avant une fusion: an agreement that was the merged customer’s."""

    merge = models.ForeignKey("customers.Merge", models.PROTECT, related_name="+")
    agreement = models.ForeignKey(OwnerAgreement, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "agreement"], name="former_owner_once")]


class Households(models.Model):
    """Nombre de ménages: how many a subscription supplies from a day on; the last one said of a day counts."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="households")
    count = models.IntegerField()
    starts_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(count__range=(1, 1_000_000)), name="households_count_from_one")
        ]


class TaxExemption(models.Model):
    """Exonération: a tax that is not owed over [starts_on, ends_on), by the certificate that proves it."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="exemptions")
    tax = models.CharField(max_length=60)  # code of a tax, « canada/gst »
    certificate = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_exemption_per_tax_and_day",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    ("tax", RangeOperators.EQUAL),
                    (models.Func("starts_on", "ends_on", function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="exemption_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=models.Q(certificate__regex=r"\S"), name="exemption_has_its_certificate"),
        ]


class EnergyBank(models.Model):
    """Banque de kWh (mesurage net): what it opens with and the day it ends; its bills keep what it holds meanwhile."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="banks")
    opening_kwh = models.BigIntegerField(default=0)  # thousandths, taken over from elsewhere
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_energy_bank_per_day",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    (models.Func("starts_on", "ends_on", function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="energy_bank_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=models.Q(opening_kwh__gte=0), name="energy_bank_opens_with_kwh"),
        ]


class Request(models.Model):
    """Demande d’abonnement (art. 2.1): what was asked and given, what was answered and why; never changed.

    Of Annex 1 only the names of what was given are kept: no number of a person, no copy of a piece.
    """

    delivery_point = models.ForeignKey("premises.DeliveryPoint", models.PROTECT, related_name="+")
    applicant = models.CharField(max_length=301)  # as the request names who asks
    received_on = models.DateField()
    channel = models.CharField(max_length=20)
    rate_class = models.CharField(max_length=20)
    book = models.CharField(max_length=60)
    use = models.CharField(max_length=20)
    person = models.CharField(max_length=20)
    occupancy = models.CharField(max_length=20)
    provided = models.JSONField()  # names of Annex 1
    identity_pieces = models.JSONField()  # kinds of pieces
    information_is_wrong = models.BooleanField()
    agreed_on = models.DateField(null=True)
    owed_cents = models.BigIntegerField()  # past due when it was decided
    answer = models.JSONField()  # the decision of 2.1, with its sentences
    start = models.JSONField()  # that of 2.2
    accepted = models.BooleanField()
    fee_cents = models.BigIntegerField()  # on the first bill
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", null=True)
    subscription = models.OneToOneField(Subscription, models.PROTECT, related_name="request", null=True)
    decided_by = models.CharField(max_length=150)
    decided_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted=True, subscription__isnull=False, customer__isnull=False, fee_cents__gte=0)
                | models.Q(accepted=False, subscription=None, fee_cents=0),
                name="request_opens_a_subscription_when_accepted",
            ),
            models.CheckConstraint(
                condition=models.Q(applicant__regex=r"\S", decided_by__regex=r"\S"), name="request_people_have_names"
            ),
            models.CheckConstraint(
                condition=models.Q(received_on__lte=models.F("decided_on")), name="request_decided_once_received"
            ),
        ]
