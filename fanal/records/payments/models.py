"""Payments: what was received, what came back, and which bills it pays."""

from django.db import models


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
