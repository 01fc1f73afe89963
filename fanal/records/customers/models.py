"""Customers: people and organisations, and how to reach them."""

from django.db import models


class Customer(models.Model):
    """Client: a person, an organisation or a public body."""

    class Kind(models.TextChoices):
        PERSON = "PERSON", "personne"
        ORGANISATION = "ORGANISATION", "entreprise"
        PUBLIC_BODY = "PUBLIC_BODY", "organisme public"

    class Language(models.TextChoices):
        FRENCH = "fr", "français"
        ENGLISH = "en", "anglais"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=200)
    given_name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.FRENCH)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="customer_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(kind="PERSON") | models.Q(given_name=""),
                name="only_a_person_has_a_given_name",
            ),
            models.CheckConstraint(condition=models.Q(language__in=["fr", "en"]), name="customer_language_known"),
        ]

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.name}".strip()


class Contact(models.Model):
    """Coordonnée: one way to reach a customer, and whether the customer consented to it (art. 10.2)."""

    class Kind(models.TextChoices):
        POST = "POST", "adresse postale"
        EMAIL = "EMAIL", "courriel"
        PHONE = "PHONE", "téléphone"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=400)  # lines of an address are separated by a line feed
    consented_on = models.DateField(null=True, blank=True)
    gained = models.BooleanField(db_default=False)  # from a merge, and not the customer’s own: it comes after those

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="contact_given_once"),
        ]


class Merge(models.Model):
    """Fusion de clients: two records of one person; what the merged one held is held by the one kept, until undone.

    Proposed by one person, confirmed by another. Nothing is deleted: the merged record stays as it was.
    """

    kept = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    merged = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400, blank=True)
    signs = models.JSONField(default=list)  # what both records say alike
    proposed_by = models.CharField(max_length=150)
    proposed_on = models.DateField()
    confirmed_by = models.CharField(max_length=150, blank=True)
    confirmed_on = models.DateField(null=True)
    last_subscription = models.BigIntegerField(null=True)  # when it was confirmed: those after it were opened since
    last_agreement = models.BigIntegerField(null=True)  # likewise of the owners on file
    undone_by = models.CharField(max_length=150, blank=True)
    undone_on = models.DateField(null=True)
    undone_because = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=models.Q(undone_on=None), name="customer_merge_once_at_a_time"
            ),
            models.CheckConstraint(condition=~models.Q(kept=models.F("merged")), name="customer_merge_of_two"),
            models.CheckConstraint(
                condition=models.Q(reason__regex=r"\S") | ~models.Q(signs=[]), name="customer_merge_says_why"
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by="", confirmed_on=None, last_subscription=None)
                | models.Q(confirmed_on__isnull=False, last_subscription__isnull=False) & ~models.Q(confirmed_by=""),
                name="customer_merge_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_by="", undone_on=None)
                | models.Q(undone_on__isnull=False)
                & ~models.Q(undone_by="")
                & (models.Q(confirmed_on=None) | models.Q(undone_because__regex=r"\S")),
                name="customer_merge_undone_says_why",
            ),
        ]


class GainedContact(models.Model):
    """Coordonnée reçue d’une fusion: the customer kept did not have it, or had not consented to it."""

    merge = models.ForeignKey(Merge, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Contact.Kind.choices)
    value = models.CharField(max_length=400)
    consented_on = models.DateField(null=True)
    known = models.BooleanField()  # the customer kept had it already, without consent

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "kind", "value"], name="contact_gained_once")]
