"""Billing: runs, the bills they compute, and what was issued.

A computed bill (Bill, Line, Measure, Hold) is written once; it may be discarded while its run is open, and is frozen as
soon as a second person approves the run. Issuing only adds rows: Issue (the number), BilledDays (the live claim on the
days), postings and delivery orders. A bill's id is `run << 33 | subscription << 1 | kind`: one bill per run,
subscription and kind, by construction.

Keys carry the account, so that the tables can be sharded by it, but begin with the bill: a run writes at the end of its
indexes whatever the length of the history.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Trim

from fanal.values.refusal import Phrase


class Book(models.Model):
    """Livre de tarif: one content of a book (code and digest), so that a bill keeps what it was rated with."""

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    content = models.JSONField()  # the whole book with its taxes, as loaded

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "digest"], name="book_content_once")]


class Charge(models.Model):
    """Composante de prix: one price of a version of a book, a tax, the credit of what was already billed, a fee."""

    book = models.ForeignKey(Book, models.PROTECT, related_name="charges")
    position = models.SmallIntegerField()
    code = models.CharField(max_length=40)
    ledger_account_id = models.SmallIntegerField()
    counts_energy = models.BooleanField()
    is_tax = models.BooleanField()
    detail = models.JSONField()  # titles, unit, price, article, source, confidence: what explains a line

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "position"], name="charge_position_once")]


class ProposalState(models.TextChoices):
    """The life of a proposed book."""

    PROPOSED = "PROPOSED", Phrase("proposé")
    ACTIVATED = "ACTIVATED", Phrase("activé")
    WITHDRAWN = "WITHDRAWN", Phrase("retiré")


class Proposal(models.Model):
    """Livre proposé: a content of a book, in force once a second person activates it; the last one activated counts."""

    code = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    content = models.JSONField()  # the whole book with its taxes
    replaces = models.CharField(
        max_length=64, blank=True
    )  # digest of the book it was compared with; none for a new code
    changes_from_on = models.DateField(null=True)  # the first day whose amounts differ from those of that book
    retroactive = models.BooleanField()  # said to change days gone by
    note = models.CharField(max_length=300)
    proposed_by = models.CharField(max_length=150)
    proposed_on = models.DateField()
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # why it was withdrawn

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(state="PROPOSED"), name="one_open_proposal_per_code"),
            models.CheckConstraint(
                condition=~Q(proposed_by="") & ~Q(note="")
                & Q(proposed_by=Trim("proposed_by"), decided_by=Trim("decided_by"), note=Trim("note"))
                & (Q(state="PROPOSED", decided_by="", decided_on=None)
                   | ~Q(state="PROPOSED") & ~Q(decided_by="") & ~Q(decided_on=None)),
                name="proposal_people_have_names",
            ),
            models.CheckConstraint(condition=~Q(state="WITHDRAWN") | ~Q(reason=""), name="proposal_withdrawn_says_why"),
            models.CheckConstraint(
                condition=Q(retroactive=True) | Q(changes_from_on=None)
                | Q(changes_from_on__gte=F("proposed_on"))
                & (~Q(state="ACTIVATED") | Q(changes_from_on__gte=F("decided_on"))),
                name="proposal_rewrites_no_past_unsaid",
            ),
        ]  # fmt: skip


class Rehearsal(models.Model):
    """Répétition d'un livre: what it would have made of the bills of a window, asked for, then kept once."""

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, null=True, related_name="rehearsals"
    )  # none: a book in force
    code = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    replaced = models.JSONField()  # by code, the digests of the books that it would replace
    from_on = models.DateField()  # of bills that end in (from_on, to_on]
    to_on = models.DateField()
    dated = models.BooleanField()  # each day at the price of its date
    by = models.CharField(max_length=150, db_column="by_whom")
    on = models.DateField(db_column="on_date")
    outcome = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on")), name="rehearsal_has_days"),
        ]


class RunState(models.TextChoices):
    """The stations of a run."""

    OPEN = "OPEN", Phrase("ouvert")
    COMPUTED = "COMPUTED", Phrase("calculé")
    REVIEWED = "REVIEWED", Phrase("revu")
    APPROVED = "APPROVED", Phrase("approuvé")
    ISSUING = "ISSUING", Phrase("en émission")
    ISSUED = "ISSUED", Phrase("émis")
    ABANDONED = "ABANDONED", Phrase("abandonné")


class Run(models.Model):
    """Lot de facturation: the bills of one cycle, computed, reviewed, approved by a second person, issued."""

    on = models.DateField(db_column="on_date")
    cycle = models.SmallIntegerField()  # 0: every cycle
    corrects_subscription_id = models.BigIntegerField(default=0)  # 0: a regular run
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.OPEN)
    paused = models.BooleanField(default=False)
    opened_by = models.CharField(max_length=150)
    reviewed_by = models.CharField(max_length=150, blank=True)
    approved_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_open_run_per_cycle",
                expressions=[
                    (
                        models.Func(
                            F("cycle"),
                            function="int4range",
                            template="(CASE WHEN cycle = 0 THEN int4range(NULL, NULL)"
                            " ELSE int4range(cycle, cycle + 1) END)",
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
                condition=Q(corrects_subscription_id=0) & ~Q(state__in=["ISSUED", "ABANDONED"]),
            ),
            models.CheckConstraint(
                condition=~Q(opened_by="")
                & Q(opened_by=Trim("opened_by"), reviewed_by=Trim("reviewed_by"), approved_by=Trim("approved_by")),
                name="run_people_have_names",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["OPEN", "COMPUTED", "ABANDONED", "REVIEWED"]) | ~Q(approved_by=""),
                name="run_issued_only_once_approved",
            ),
        ]


class Chunk(models.Model):
    """Tranche d'un lot: subscriptions handled in one transaction; what makes a restart harmless."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="chunks")
    position = models.IntegerField()
    first_subscription_id = models.BigIntegerField()
    last_subscription_id = models.BigIntegerField()
    subscriptions = models.IntegerField()
    computed = models.BooleanField(default=False)
    issued = models.BooleanField(default=False)
    bills = models.IntegerField(default=0)  # to issue; known when the numbers are reserved
    first_number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="chunk_position_once")]


class BillKind(models.IntegerChoices):
    """A bill, or the credit note that takes one back."""

    BILL = 0, "facture"
    CREDIT_NOTE = 1, "note de crédit"


class Bill(models.Model):
    """Facture calculée: its inputs and its totals, rated from the last real reading."""

    pk = models.CompositePrimaryKey("id", "account_id")
    account_id = models.BigIntegerField()
    id = models.BigIntegerField()
    run_id = models.IntegerField()
    subscription_id = models.BigIntegerField()
    delivery_point_id = models.BigIntegerField()
    book_id = models.SmallIntegerField()
    kind = models.SmallIntegerField(choices=BillKind.choices)
    from_on = models.DateField()  # the days it claims: [from_on, to_on)
    to_on = models.DateField()
    rated_from_on = models.DateField()  # the last real reading: the lines rate [rated_from_on, to_on)
    estimates_in_a_row = models.SmallIntegerField()  # 0: closed by a real reading; n: the n-th estimated one
    held = models.BooleanField()
    kwh = models.BigIntegerField()  # thousandths, over the rated days
    kw = models.BigIntegerField()
    kva = models.BigIntegerField()
    past_kw = models.BigIntegerField()  # highest past demand that the book looks back at: the ratchet's input
    billing_kw = models.BigIntegerField()
    multiplier = models.SmallIntegerField()
    phases = models.SmallIntegerField()
    units = models.IntegerField()
    rated_cents = models.BigIntegerField()  # before taxes, over the rated days
    net_cents = models.BigIntegerField()  # less what was billed since the last real reading, and a fee
    tax_cents = models.BigIntegerField()
    total_cents = models.BigIntegerField()
    previous_id = models.BigIntegerField()  # the live bill before it, 0 for the first
    settles_id = models.BigIntegerField()  # the estimated bill it takes back, 0 for none
    reverses_id = models.BigIntegerField()  # the bill a credit note takes back, 0 for none

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on")), name="bill_has_days"),
            models.CheckConstraint(condition=Q(rated_from_on__lte=F("from_on")), name="bill_rated_from_before"),
            models.CheckConstraint(
                condition=Q(total_cents=F("net_cents") + F("tax_cents")), name="bill_total_is_net_and_tax"
            ),
            models.UniqueConstraint(
                fields=["account_id", "reverses_id"], condition=~Q(reverses_id=0), name="bill_reversed_once"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(held=True), name="held_bills")]  # few: the worklist of a day


class Line(models.Model):
    """Ligne de facture: a charge, its days, its quantity and its amount."""

    pk = models.CompositePrimaryKey("bill_id", "line", "account_id")
    account_id = models.BigIntegerField()
    bill_id = models.BigIntegerField()
    line = models.SmallIntegerField()
    charge_id = models.IntegerField()
    from_on = models.DateField()
    to_on = models.DateField()
    days = models.SmallIntegerField()
    quantity = models.BigIntegerField()  # thousandths of the charge's unit; of a cent's base for a tax
    amount_cents = models.BigIntegerField()


class Measure(models.Model):
    """Mesure facturée: what one register gave to one bill."""

    pk = models.CompositePrimaryKey("bill_id", "position", "account_id")
    account_id = models.BigIntegerField()
    bill_id = models.BigIntegerField()
    position = models.SmallIntegerField()
    register_id = models.BigIntegerField()
    kind = models.SmallIntegerField()  # metering.RegisterKind
    from_on = models.DateField()
    to_on = models.DateField()
    from_value = models.BigIntegerField()  # thousandths of the dial's unit
    to_value = models.BigIntegerField()
    from_sequence = models.SmallIntegerField()
    to_sequence = models.SmallIntegerField()  # 0: no reading, estimated
    multiplier = models.IntegerField()
    rolled_over = models.BooleanField()
    quantity = models.BigIntegerField()  # thousandths of its unit
    estimate_id = models.BigIntegerField()  # 0: real
    apart = models.BooleanField(default=False)  # kWh that the bill counts elsewhere, or that go the other way


class Quantity(models.Model):
    """Grandeur facturée: what a bill was rated with beyond its own columns, by the name that the law gives it.

    kvarh, registers.x, households, exempt, bank_kwh, bank_ends; and bank_left, from which the next bill starts.
    """

    pk = models.CompositePrimaryKey("bill_id", "name", "account_id")
    account_id = models.BigIntegerField()
    bill_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    value = models.BigIntegerField()


class Hold(models.Model):
    """Retenue: why a computed bill waits for a person, with the figures that prove it and a suggested fix."""

    pk = models.CompositePrimaryKey("bill_id", "reason", "account_id")
    account_id = models.BigIntegerField()
    bill_id = models.BigIntegerField()
    reason = models.SmallIntegerField()  # law.metering.plausibility.HoldReason
    evidence = models.JSONField(default=dict)


class ReviewAct(models.TextChoices):
    """What a person decided of a held bill."""

    ACCEPT = "ACCEPT", "accepter"
    POSTPONE = "POSTPONE", "reporter"
    RESET = "RESET", "à revoir"  # the bill was computed again: what was decided of it is void


class Review(models.Model):
    """Décision sur une facture retenue; the last one counts."""

    account_id = models.BigIntegerField()
    bill_id = models.BigIntegerField()
    act = models.CharField(max_length=10, choices=ReviewAct.choices)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150, db_column="by_whom")
    on = models.DateField(db_column="on_date")

    class Meta:
        indexes = [models.Index(fields=["bill_id", "id"])]


class Series(models.Model):
    """Série de numéros: the next bill number of a year; taken under its row lock, so without a gap."""

    year = models.SmallIntegerField(primary_key=True)
    next_number = models.BigIntegerField(default=1)


class Issue(models.Model):
    """Émission: a computed bill became a bill, with its number and its due dates. Never edited."""

    pk = models.CompositePrimaryKey("bill_id", "account_id")
    account_id = models.BigIntegerField()
    bill_id = models.BigIntegerField()
    number = models.BigIntegerField()  # year × 1 000 000 000 + rank
    issued_on = models.DateField()
    due_on = models.DateField()
    second_due_on = models.DateField()  # later than due_on only for a late bill paid in two (art. 4.2.2)

    class Meta:
        indexes = [models.Index(fields=["account_id"], name="issued_to")]
        constraints = [models.UniqueConstraint(fields=["number"], name="bill_number_once")]


class Plan(models.TextChoices):
    """By what instalments an account is paid, where it is."""

    NONE = "", "aucun versement"
    EQUAL_PAYMENTS = "EQUAL_PAYMENTS", "versements égaux"
    ARRANGEMENT = "ARRANGEMENT", "entente de paiement"


class PaymentMode(models.Model):
    """Modalité de paiement: how a bill said, when it was issued, that its account is paid. Never edited.

    None for a bill that its customer pays by its due date, as most are.
    """

    pk = models.CompositePrimaryKey("bill_id", "account_id")
    account_id = models.BigIntegerField()
    bill_id = models.BigIntegerField()
    plan = models.CharField(max_length=16, choices=Plan.choices, blank=True)
    instalment_cents = models.BigIntegerField(default=0)
    month_day = models.SmallIntegerField(default=0)  # on which it is paid; 0 for one every so many days
    every_days = models.SmallIntegerField(default=0)
    next_on = models.DateField(null=True)  # when the next instalment is due
    left_cents = models.BigIntegerField(default=0)  # of an arrangement, what its instalments still pay
    debited = models.BooleanField()  # by preauthorized debit
    account_ends = models.CharField(max_length=4, blank=True)  # last digits of the bank account

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(plan="", debited=True, instalment_cents=0, left_cents=0, next_on=None)
                | Q(plan="EQUAL_PAYMENTS", instalment_cents__gt=0, left_cents=0, next_on__isnull=False)
                | Q(plan="ARRANGEMENT", instalment_cents__gt=0, left_cents__gt=0),
                name="payment_mode_says_how",
            ),
        ]


class BilledDays(models.Model):
    """Jours facturés: the live claim of an issued bill on its days; it goes when a credit note takes the bill back."""

    pk = models.CompositePrimaryKey("bill_id", "account_id")
    account_id = models.BigIntegerField()
    bill_id = models.BigIntegerField()
    delivery_point_id = models.BigIntegerField()
    subscription_id = models.BigIntegerField()
    from_on = models.DateField()
    to_on = models.DateField()
    issued_on = models.DateField()

    class Meta:
        # Days are looked for by subscription within the delivery point, or by delivery point: one index for both.
        indexes = [models.Index(fields=["delivery_point_id", "subscription_id", "to_on"], name="who_is_billed_to_when")]
        constraints = [
            ExclusionConstraint(
                name="no_day_billed_twice",
                expressions=[
                    ("delivery_point_id", RangeOperators.EQUAL),
                    (models.Func("from_on", "to_on", function="daterange"), RangeOperators.OVERLAPS),
                ],
            )
        ]


class Verdict(models.TextChoices):
    """What became of a proposed correction."""

    APPROVED = "APPROVED", Phrase("approuvée")
    REFUSED = "REFUSED", Phrase("refusée")


class Correction(models.Model):
    """Correction proposée (art. 4.5): what a person was shown, to the cent, and what another decided of it, once."""

    account_id = models.BigIntegerField()
    subscription_id = models.BigIntegerField()
    bill_id = models.BigIntegerField()  # the first bill to take back; all after it follow
    cause = models.CharField(max_length=20)  # law.conditions.ch04_corrections.Cause
    reason = models.CharField(max_length=300)
    reported_on = models.DateField()
    period_known = models.BooleanField()
    customer_knew = models.BooleanField()
    shown = models.JSONField()  # facts.BillAgain, one a bill
    difference_cents = models.BigIntegerField()  # of all of them
    period = models.JSONField()  # the decision of 4.5
    proposed_by = models.CharField(max_length=150)
    proposed_on = models.DateField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)  # empty: it waits
    decided_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True)
    refused_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription_id"], condition=Q(verdict=""), name="one_open_correction_per_subscription"
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by="")
                & Q(proposed_by=Trim("proposed_by"), decided_by=Trim("decided_by"))
                & (
                    Q(verdict="", decided_by="", decided_on=None)
                    | ~Q(verdict="") & ~Q(decided_by="") & ~Q(decided_on=None)
                ),
                name="correction_people_have_names",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & (~Q(verdict="REFUSED") | ~Q(refused_because="")),
                name="correction_says_why",
            ),
        ]
