"""What another system issued before Fanal took over, kept as it came and never computed again; and what was taken over.

Append-only. Money in cents, energy in thousandths, days half-open. Keys carry the account, as those of all mass tables;
a number is the old system's own.
"""

from django.db import models
from django.db.models import Q


class PastKind(models.TextChoices):
    """What the old system called a bill."""

    BILL = "BILL", "facture"
    FINAL = "FINAL", "facture finale"
    CREDIT_NOTE = "CREDIT_NOTE", "note de crédit"
    AGAIN = "AGAIN", "refacturation"


class PastBill(models.Model):
    """Facture émise ailleurs: its totals as the old system printed them."""

    pk = models.CompositePrimaryKey("account_id", "number")
    account_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    subscription_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=PastKind.choices)
    issued_on = models.DateField()
    due_on = models.DateField()
    from_on = models.DateField()
    to_on = models.DateField()
    tariff = models.CharField(max_length=20)  # code of the old system
    kwh = models.BigIntegerField()  # signed
    billing_kw = models.BigIntegerField(db_default=0)
    kw = models.BigIntegerField(db_default=0)  # what its readings showed at most: a ratchet looks back at it
    kva = models.BigIntegerField(db_default=0)
    estimated = models.BooleanField(db_default=False)  # closed by an estimated index
    net_cents = models.BigIntegerField()
    gst_cents = models.BigIntegerField()
    qst_cents = models.BigIntegerField()
    total_cents = models.BigIntegerField()
    corrects = models.CharField(
        max_length=20, blank=True, db_default=""
    )  # number of the bill that it takes back or replaces

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=PastKind.values), name="past_bill_kind_known")]
        indexes = [
            models.Index(fields=["subscription_id", "to_on"], name="past_bills_of_subscription"),
            models.Index(
                fields=["account_id", "corrects"], condition=Q(kind="CREDIT_NOTE"), name="past_bills_reversed"
            ),
        ]


class PastLine(models.Model):
    """Ligne d’une facture émise ailleurs."""

    pk = models.CompositePrimaryKey("account_id", "number", "line")
    account_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    line = models.SmallIntegerField()
    component = models.CharField(max_length=20)  # code of the old system
    from_on = models.DateField()
    to_on = models.DateField()
    quantity = models.BigIntegerField()  # thousandths
    price = models.BigIntegerField()  # millionths of a dollar
    amount_cents = models.BigIntegerField()


class PastPayment(models.Model):
    """Paiement reçu ailleurs; negative when the bank took it back."""

    pk = models.CompositePrimaryKey("account_id", "number")
    account_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    received_on = models.DateField()
    amount_cents = models.BigIntegerField()
    channel = models.CharField(max_length=20)  # code of the old system
    note = models.CharField(max_length=200, blank=True, db_default="")


class PastEntry(models.Model):
    """Écriture passée ailleurs: a fee, an interest, a transfer; positive when it is owed."""

    pk = models.CompositePrimaryKey("account_id", "number")
    account_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    on = models.DateField(db_column="on_date")
    code = models.CharField(max_length=20)
    amount_cents = models.BigIntegerField()
    label = models.CharField(max_length=200, blank=True, db_default="")
    reference = models.CharField(max_length=40, blank=True, db_default="")


class PastNotice(models.Model):
    """Avis envoyé ailleurs, with what was owed then."""

    pk = models.CompositePrimaryKey("account_id", "number")
    account_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)  # code of the old system
    on = models.DateField(db_column="on_date")
    amount_cents = models.BigIntegerField()
    sent_by = models.CharField(max_length=20, blank=True, db_default="")
    note = models.CharField(max_length=200, blank=True, db_default="")


class RejectedReading(models.Model):
    """Relève rejetée ailleurs: an index that the old system read and did not keep."""

    delivery_point_id = models.BigIntegerField()
    meter = models.CharField(max_length=30)
    read_on = models.DateField()
    value = models.BigIntegerField()  # thousandths of the dial's unit
    reader = models.CharField(max_length=20, blank=True, db_default="")
    anomaly = models.CharField(max_length=20, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery_point_id", "meter", "read_on", "value"], name="rejected_once")
        ]


class UndertakingKind(models.TextChoices):
    """What was promised, by us or by the customer, and goes on after the takeover."""

    EQUAL_PAYMENTS = "EQUAL_PAYMENTS", "versements égaux"
    ARRANGEMENT = "ARRANGEMENT", "entente de paiement"
    DEBIT = "DEBIT", "paiement préautorisé"
    DEPOSIT = "DEPOSIT", "dépôt"


class Undertaking(models.Model):
    """Engagement repris: an equal payment plan, an arrangement, a preauthorised debit, a deposit, with its terms."""

    pk = models.CompositePrimaryKey("account_id", "kind", "number")
    account_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=UndertakingKind.choices)
    number = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    live = models.BooleanField()  # as the last export that spoke of it says
    amount_cents = models.BigIntegerField(db_default=0)  # of an instalment; held, for a deposit
    terms = models.JSONField(default=dict)  # the rest, by its name: what its next day is told from

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=UndertakingKind.values), name="undertaking_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["DEBIT", "DEPOSIT"], amount_cents__gte=0) | Q(amount_cents__gte=1),
                name="undertaking_of_an_amount",
            ),
            models.CheckConstraint(  # what nobody agrees to would be walked through for ever
                condition=~Q(kind="ARRANGEMENT") | Q(terms__count__gte=1, terms__count__lte=600),
                name="undertaking_ends",
            ),
        ]


class EndReason(models.TextChoices):
    """Why a promise ended before its terms."""

    ASKED = "ASKED", "demande du client"
    UNPAID = "UNPAID", "versements non reçus"
    BANK = "BANK", "prélèvements refusés par la banque"
    RETURNED = "RETURNED", "dépôt rendu"


class PromiseEnd(models.Model):
    """Fin d’un engagement repris, once its cycle is ours: the first day without it, who asked and why."""

    pk = models.CompositePrimaryKey("account_id", "kind", "number")
    account_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=UndertakingKind.choices)
    number = models.CharField(max_length=40)
    ended_on = models.DateField()  # first day without
    asked_on = models.DateField()
    reason = models.CharField(max_length=10, choices=EndReason.choices)
    note = models.CharField(max_length=200, blank=True, db_default="")
    ended_by = models.CharField(max_length=150)
    recorded_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=EndReason.values), name="promise_end_reason_known"),
            models.CheckConstraint(
                condition=Q(kind="EQUAL_PAYMENTS", reason__in=["ASKED", "UNPAID"])
                | Q(kind="ARRANGEMENT", reason__in=["ASKED", "UNPAID"])
                | Q(kind="DEBIT", reason__in=["ASKED", "BANK"])
                | Q(kind="DEPOSIT", reason="RETURNED"),
                name="promise_end_fits_its_kind",
            ),
            models.CheckConstraint(condition=Q(asked_on__lte=models.F("recorded_on")), name="promise_end_was_asked"),
        ]


class PlanReview(models.Model):
    """Révision annuelle d’un plan (4.4), once its cycle is ours: what it rested on, what takes its place."""

    pk = models.CompositePrimaryKey("account_id", "number")  # a plan is reviewed once: then another takes its place
    account_id = models.BigIntegerField()
    number = models.CharField(max_length=40)
    replaced_by = models.CharField(max_length=40)
    month_on = models.DateField()  # first day of the month of the review
    from_on = models.DateField()  # first day of the new plan
    year_cents = models.BigIntegerField()  # what twelve months cost
    balance_cents = models.BigIntegerField()  # spread over the new plan; negative when we owe
    instalment_cents = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    reviewed_by = models.CharField(max_length=150)
    recorded_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(instalment_cents__gt=0), name="plan_review_of_an_amount"),
            models.CheckConstraint(condition=~Q(reason=""), name="plan_review_has_a_reason"),
            models.CheckConstraint(
                condition=Q(month_on__lte=models.F("recorded_on"), from_on__gt=models.F("recorded_on")),
                name="plan_review_in_its_time",
            ),
        ]


class DepositEntryKind(models.TextChoices):
    """What is entered of a deposit."""

    INTEREST = "INTEREST", "intérêts"
    RETURN = "RETURN", "dépôt rendu"


class DepositEntry(models.Model):
    """Intérêts d’un dépôt portés au compte, ou dépôt rendu au compte avec ses intérêts; source of its entry."""

    id = models.BigAutoField(primary_key=True)  # from 2**32: a credit of an account, neither an opening nor a bill
    account_id = models.BigIntegerField()
    number = models.CharField(max_length=40)  # of the deposit
    what = models.CharField(max_length=8, choices=DepositEntryKind.choices)
    on = models.DateField(db_column="on_date")
    from_on = models.DateField()  # of the days whose interest is in it
    to_on = models.DateField()
    deposit_cents = models.BigIntegerField()
    interest_cents = models.BigIntegerField()
    entered_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what="INTEREST", deposit_cents=0, interest_cents__gt=0)
                | Q(what="RETURN", deposit_cents__gt=0, interest_cents__gte=0),
                name="deposit_entry_of_its_kind",
            ),
            models.CheckConstraint(condition=Q(from_on__lte=models.F("to_on")), name="deposit_entry_of_some_days"),
            models.CheckConstraint(condition=Q(to_on__lte=models.F("on")), name="deposit_entry_of_days_gone"),
            models.CheckConstraint(condition=Q(id__gte=2**32, id__lt=2**33), name="deposit_entry_has_its_own_numbers"),
            models.UniqueConstraint(fields=["account_id", "number", "from_on"], name="deposit_entry_of_new_days"),
        ]


class Handover(models.Model):
    """Passage d’un abonnement: until when another system billed it; Fanal bills from that day, from that index."""

    subscription_id = models.BigIntegerField(primary_key=True)
    account_id = models.BigIntegerField()
    number = models.CharField(max_length=20)  # of the account in the old system
    last_bill = models.CharField(max_length=20, blank=True, db_default="")
    to_on = models.DateField()  # first day that it did not bill
    issued_on = models.DateField()  # of its last bill
    estimated = models.BooleanField(db_default=False)  # an estimate is open: its index is where Fanal begins

    class Meta:
        indexes = [models.Index(fields=["account_id"], name="handed_over"), models.Index(fields=["number"])]


class TakenCycle(models.Model):
    """Cycle repris: the old system bills it still, or Fanal does since its switch; a cycle that is not here is ours."""

    cycle = models.SmallIntegerField(primary_key=True)
    ours = models.BooleanField(default=False)
    changed_by = models.CharField(max_length=150)
    changed_on = models.DateField()


class Opening(models.Model):
    """Solde repris: what was owed when Fanal took over, a part for each bill still open; or a deposit held."""

    id = models.BigAutoField(primary_key=True)  # source of its entry
    account_id = models.BigIntegerField()
    ledger_account_id = models.SmallIntegerField()
    on = models.DateField(db_column="on_date")
    due_on = models.DateField()
    number = models.CharField(max_length=40, blank=True, db_default="")  # of the bill or deposit of the old system
    cents = models.BigIntegerField()  # a debit; negative when we owe

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(cents=0), name="opening_is_not_zero"),
            models.CheckConstraint(condition=Q(id__lt=2**32), name="opening_is_no_bill"),
        ]
        indexes = [models.Index(fields=["account_id"], name="opened_with")]
