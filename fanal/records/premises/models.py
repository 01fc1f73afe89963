"""Premises and delivery points: where electricity is used, and where it is delivered."""

from django.db import models


class Premises(models.Model):
    """Lieu de consommation: an address where electricity is used."""

    class Heating(models.TextChoices):
        ELECTRIC = "ELECTRIC", "électrique"
        DUAL = "DUAL", "biénergie"
        OTHER = "OTHER", "autre"

    civic_number = models.CharField(max_length=20, blank=True)
    street = models.CharField(max_length=120)
    unit = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80)
    postal_code = models.CharField(max_length=7)
    heating = models.CharField(max_length=10, choices=Heating.choices, default=Heating.OTHER)

    @property
    def street_line(self) -> str:
        """« 214, rue des Ormes-Blancs, app. 3 »."""
        line = f"{self.civic_number}, {self.street}" if self.civic_number else self.street
        return f"{line}, app. {self.unit}" if self.unit else line


class CivicAddress(models.Model):
    """Adresse municipale en ses parties, as a National Address Register has them; what does not read has none."""

    premises = models.OneToOneField(Premises, models.PROTECT, primary_key=True, related_name="civic_address")
    number = models.IntegerField(null=True)  # a place on a road without numbers
    suffix = models.CharField(max_length=5, blank=True)  # « A », « 1/2 »
    street_type = models.CharField(max_length=10, blank=True)  # Canada Post's code: « RUE », « AV », « ST »
    street_name = models.CharField(max_length=120)  # with its particle: « de l’Église »
    street_direction = models.CharField(max_length=2, blank=True)
    street_language = models.CharField(max_length=2)  # as it is written: « 1re Rue Est », “Main Street East”

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(street_name=""), name="street_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(street_language__in=["fr", "en"]), name="street_french_or_english"
            ),
        ]


class DeliveryPoint(models.Model):
    """Point de livraison: where the utility's network hands electricity over; read in a round (tournée)."""

    number = models.CharField(max_length=12, unique=True)
    premises = models.ForeignKey(Premises, models.PROTECT, related_name="delivery_points")
    phases = models.SmallIntegerField(default=1)
    cycle = models.SmallIntegerField()  # cycle de facturation: the round in which it is read and billed
    sequence = models.IntegerField()  # rang dans la tournée
    energised_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(phases__in=[1, 3]), name="phases_one_or_three"),
            models.CheckConstraint(condition=models.Q(cycle__gte=1), name="cycle_counts_from_one"),
        ]
