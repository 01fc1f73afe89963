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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="contact_given_once"),
        ]
