"""Payments: what was received, what came back, and which bills it pays."""

from django.db import models
from django.db.models import F, Q

from fanal.values.refusal import Phrase


class PaymentChannel(models.IntegerChoices):
    """How the money came (art. 4.3.3)."""

    BANK = 1, "institution financière"
    COUNTER = 2, "comptoir"
    CHEQUE = 3, "chèque"
    PREAUTHORISED = 4, "paiement préautorisé"


class Receipt(models.Model):
    """Paiement reçu. It counts on the day it is received (art. 4.3.1); its reference makes it unique (I11)."""

    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="receipts")
    received_on = models.DateField()
    amount_cents = models.BigIntegerField()
    channel = models.SmallIntegerField(choices=PaymentChannel.choices)
    reference = models.CharField(max_length=60, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="receipt_is_positive")]


class ReturnedPayment(models.Model):
    """Paiement retourné (art. 4.3.5): the bank took a receipt back; once."""

    receipt = models.OneToOneField(Receipt, models.PROTECT, primary_key=True, related_name="returned")
    returned_on = models.DateField()
    reason = models.CharField(max_length=100)


class Allocation(models.Model):
    """Affectation: part of a credit that pays part of a bill. A negative row takes back an earlier one.

    The credit is a receipt, or an issued bill whose total is negative (`receipt_id` is then 0).
    """

    account_id = models.BigIntegerField()
    receipt_id = models.BigIntegerField(default=0)
    credit_bill_id = models.BigIntegerField(default=0)
    bill_id = models.BigIntegerField()
    on = models.DateField(db_column="on_date")
    amount_cents = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["account_id", "bill_id"])]
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount_cents=0), name="allocation_is_not_zero"),
            models.CheckConstraint(
                condition=models.Q(receipt_id=0) ^ models.Q(credit_bill_id=0),
                name="allocation_has_one_credit",
            ),
        ]


class BatchState(models.TextChoices):
    """The life of a batch of debits."""

    PREPARED = "PREPARED", Phrase("préparé")
    RELEASED = "RELEASED", Phrase("remis")
    ABANDONED = "ABANDONED", Phrase("abandonné")


class DebitBatch(models.Model):
    """Lot de prélèvements: prepared by a person, released by another; the bytes of its file never change."""

    from_on = models.DateField()  # of what falls due in [from_on, to_on)
    to_on = models.DateField()
    again = models.BooleanField(default=False)  # with those returned for want of funds, presented once more
    prepared_by = models.CharField(max_length=150)
    prepared_on = models.DateField()
    held = models.JSONField(default=list)  # what was not put in it, and why
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.PREPARED)
    decided_by = models.CharField(max_length=150, blank=True, db_default="")
    decided_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True, db_default="")  # why it was abandoned
    file_rank = models.BigIntegerField(null=True, unique=True)  # files are numbered in this order, without a gap
    debits = models.IntegerField(db_default=0)  # in the file
    cents = models.BigIntegerField(db_default=0)  # in the file
    content = models.BinaryField(null=True)  # the file as the bank takes it
    sha256 = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="debit_batch_state_known"),
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on")), name="debit_batch_has_days"),
            models.CheckConstraint(
                condition=~Q(prepared_by="")
                & (Q(state="PREPARED", decided_by="", decided_on=None)
                   | ~Q(state="PREPARED") & ~Q(decided_by="") & ~Q(decided_on=None)),
                name="debit_batch_people_have_names",
            ),
            models.CheckConstraint(condition=~Q(state="ABANDONED") | ~Q(reason=""), name="debit_batch_says_why"),
            models.CheckConstraint(
                condition=Q(state="RELEASED", file_rank__gte=1, debits__gte=1, cents__gte=1, content__isnull=False,
                            sha256__isnull=False)
                | ~Q(state="RELEASED") & Q(file_rank=None, debits=0, cents=0, content=None, sha256=None),
                name="debit_batch_released_with_its_file",
            ),
        ]  # fmt: skip


class DebitState(models.TextChoices):
    """What became of a debit."""

    PREPARED = "PREPARED", Phrase("préparé")
    WITHDRAWN = "WITHDRAWN", Phrase("retiré")
    RELEASED = "RELEASED", Phrase("remis")
    RETURNED = "RETURNED", Phrase("retourné")


class Debit(models.Model):
    """Prélèvement: what a file takes from a bank account for a bill or an instalment; in one live file only.

    Once its day has come it is a receipt, whose reference is its own.
    """

    batch = models.ForeignKey(DebitBatch, models.PROTECT, related_name="rows")
    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="debits")
    kind = models.CharField(max_length=16)  # DEBIT: a bill; EQUAL_PAYMENTS, ARRANGEMENT: an instalment
    number = models.CharField(max_length=40, blank=True)  # of the plan or the arrangement
    due_on = models.DateField()
    attempt = models.SmallIntegerField(default=1)  # 2: presented again after a return for want of funds
    debited_on = models.DateField()  # the day that the file asks of the bank
    told_on = models.DateField()  # since when the customer knows its amount and its day (rule H1)
    account_ends = models.CharField(max_length=3, blank=True)  # last digits of the bank account, and no more of it
    prepared_cents = models.BigIntegerField()
    cents = models.BigIntegerField()  # in the file: no more than prepared, less what was paid in between
    state = models.CharField(max_length=10, choices=DebitState.choices, default=DebitState.PREPARED)
    withdrawn = models.CharField(max_length=12, blank=True, db_default="")  # law.debits.Hold: why it was taken out
    returned_on = models.DateField(null=True)
    return_code = models.SmallIntegerField(db_default=0)  # of the bank, Standard 007
    settled = models.BooleanField(db_default=False)  # its day came, and it is a receipt: not to be looked at again

    class Meta:
        indexes = [
            models.Index(
                fields=["debited_on"],
                condition=Q(state__in=["PREPARED", "RELEASED"], settled=False),
                name="debits_to_come",
            ),
            models.Index(fields=["returned_on"], condition=Q(state="RETURNED"), name="debits_sent_back"),
            models.Index(fields=["debited_on"], condition=Q(state="RETURNED", attempt=1), name="debits_sent_back_once"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "number", "due_on"],
                condition=Q(state__in=["PREPARED", "RELEASED"]), name="debit_in_one_live_file",
            ),
            models.UniqueConstraint(
                fields=["account", "kind", "number", "due_on", "attempt"],
                condition=~Q(state="WITHDRAWN"), name="debit_presented_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["DEBIT", "EQUAL_PAYMENTS", "ARRANGEMENT"], attempt__in=[1, 2]),
                name="debit_known",
            ),
            models.CheckConstraint(
                condition=Q(cents__gte=1, cents__lte=F("prepared_cents")), name="debit_takes_no_more_than_prepared"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["PREPARED", "RELEASED"], withdrawn="", return_code=0, returned_on=None)
                | Q(state="WITHDRAWN", return_code=0, returned_on=None) & ~Q(withdrawn="")
                | Q(state="RETURNED", withdrawn="", return_code__gte=900, returned_on__isnull=False),
                name="debit_says_what_became_of_it",
            ),
            models.CheckConstraint(
                condition=Q(settled=False) | Q(state__in=["RELEASED", "RETURNED"]), name="debit_settled_once_released"
            ),
        ]  # fmt: skip
