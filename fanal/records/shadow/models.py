"""The parallel run: bills of an old system rated here, and what differs. Append-only; money in cents."""

from django.db import models
from django.db.models import Q

from fanal.law.shadow.differences import Class

CLASSES = [it.value for it in Class]
DIFFERENT = [it for it in CLASSES if it != Class.SAME.value]


class Run(models.Model):
    """Marche en parallèle: the bills of one export against the books made of its prices."""

    export_id = models.IntegerField()
    terms = models.JSONField()  # the arithmetic that prices do not say
    digest = models.CharField(max_length=64)  # of the books
    accounts = models.IntegerField()  # to compare
    cycles = models.JSONField(default=list)  # those that have a customer today
    begun_by = models.CharField(max_length=150)
    begun_on = models.DateField()


class ComparedSet(models.Model):
    """Accounts that were compared together, in one transaction."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="sets")
    place = models.IntegerField()
    through = models.CharField(max_length=40)  # the last account of it
    accounts = models.IntegerField()
    is_last = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="set_compared_once")]


class Tally(models.Model):
    """How many bills of a set became what, and what they come to on both sides."""

    compared = models.ForeignKey(ComparedSet, models.PROTECT, related_name="tallies")
    cycle = models.CharField(max_length=40, blank=True)
    year = models.SmallIntegerField()
    tariff = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=20)
    bills = models.IntegerField()
    there_cents = models.BigIntegerField()
    here_cents = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=CLASSES), name="tally_class_known")]


class Acceptance(models.Model):
    """Constat accepté: bills that differ for one reason, so many and of so much; another count is another finding."""

    REASON_MAX = 400

    run = models.ForeignKey(Run, models.PROTECT, related_name="acceptances")
    code = models.CharField(max_length=40)
    about = models.TextField(blank=True)  # the tariff or the prices, where the reason is of some
    bills = models.IntegerField()
    there_cents = models.BigIntegerField()
    reason = models.CharField(max_length=REASON_MAX)
    accepted_by = models.CharField(max_length=150)
    accepted_on = models.DateField()
    again = models.SmallIntegerField(default=0)  # how many acceptances of the same finding were withdrawn before

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "about", "bills", "there_cents", "again"], name="finding_accepted_once"
            ),
            models.CheckConstraint(
                condition=Q(bills__gt=0) & ~Q(code="") & ~Q(reason="") & ~Q(accepted_by=""),
                name="acceptance_says_why_and_who",
            ),
        ]


class Withdrawal(models.Model):
    """Acceptation retirée: the finding waits for a person again, who may accept it anew."""

    acceptance = models.OneToOneField(Acceptance, models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=Acceptance.REASON_MAX)
    withdrawn_by = models.CharField(max_length=150)
    withdrawn_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(withdrawn_by=""), name="withdrawal_says_why_and_who")
        ]


class Difference(models.Model):
    """Écart: a bill that is not the same here, its class and why, with both sides in full."""

    compared = models.ForeignKey(ComparedSet, models.PROTECT, related_name="differences")
    number = models.CharField(max_length=40)
    account = models.CharField(max_length=40)
    cycle = models.CharField(max_length=40, blank=True)
    tariff = models.CharField(max_length=20, blank=True)
    issued_on = models.DateField()
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    facts = models.JSONField()
    there_cents = models.BigIntegerField()
    here_cents = models.BigIntegerField(null=True)  # none where nothing can be rated here
    there = models.JSONField()
    here = models.JSONField(null=True)
    given = models.JSONField()  # what it was rated from here, and the readings

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DIFFERENT), name="difference_differs"),
            models.UniqueConstraint(fields=["compared", "number"], name="difference_told_once"),
        ]
