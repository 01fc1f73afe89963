"""The customer sub-ledger in double entry. An entry IS its postings: there is no entry row to disagree with.

An entry's key is its business event (account, kind, source), so that one event cannot be entered twice (I9).
All postings of an entry come in one statement; the database checks there that it balances, starts at line 1 without
a gap, and stands after the last closing. See README.md for the list of what the database refuses.
"""

from django.db import models


class Account(models.Model):
    """Compte client: what one customer owes for one or more subscriptions. The number ends in a Luhn digit."""

    number = models.CharField(max_length=10, unique=True)
    opened_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(number__regex=r"^[0-9]{10}$"), name="account_number_ten_digits"),
        ]


class LedgerAccount(models.Model):
    """Compte du grand livre; its primary key is its code in the municipality's chart."""

    class Kind(models.TextChoices):
        ASSET = "ASSET", "actif"
        LIABILITY = "LIABILITY", "passif"
        REVENUE = "REVENUE", "produit"
        EXPENSE = "EXPENSE", "charge"

    code = models.SmallIntegerField(primary_key=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices)


class EntryKind(models.IntegerChoices):
    """What happened; with the source's id, it names the entry."""

    BILL = 1, "facture"
    CREDIT_NOTE = 2, "note de crédit"
    RECEIPT = 3, "paiement"
    RETURNED_PAYMENT = 4, "paiement retourné"
    OPENING = 5, "solde repris"
    DEPOSIT_INTEREST = 6, "intérêts sur un dépôt"
    DEPOSIT_RETURN = 7, "dépôt rendu"


class Posting(models.Model):
    """Écriture: one side of an entry, in cents, debit or credit."""

    pk = models.CompositePrimaryKey("kind", "source", "line", "account_id")
    account_id = models.BigIntegerField()
    kind = models.SmallIntegerField(choices=EntryKind.choices)
    source = models.BigIntegerField()
    line = models.SmallIntegerField()
    on = models.DateField(db_column="on_date")
    ledger_account_id = models.SmallIntegerField()
    debit_cents = models.BigIntegerField()
    credit_cents = models.BigIntegerField()

    class Meta:
        indexes = [
            # What one customer owes; the other accounts of an entry are found through its key. By the account alone:
            # PostgreSQL then keeps its entries together, in a fifth of the pages, and each bill writes in one of them.
            models.Index(fields=["account_id"], condition=models.Q(ledger_account_id=1200), name="owed_by_account"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(debit_cents__gt=0) & models.Q(credit_cents=0))
                | (models.Q(credit_cents__gt=0) & models.Q(debit_cents=0)),
                name="posting_has_one_positive_side",
            ),
        ]


class Closing(models.Model):
    """Fermeture d'une période comptable: no entry is dated that day or before any more."""

    through_on = models.DateField(unique=True)
    closed_by = models.CharField(max_length=150)
