"""Metering: meters, their registers, where they hang, what was read, and what was estimated.

A reading dated J is the index at the START of day J, in thousandths of the dial's unit. Readings are append-only: a
correction is the same register and day with the next sequence. An estimate is not a reading.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from fanal.values.energy import REGISTER_NAME, TOTAL
from fanal.values.picture import SIDE_MAX


class Meter(models.Model):
    """Compteur."""

    serial = models.CharField(max_length=30, unique=True)
    model = models.CharField(max_length=60, blank=True)
    verified_until = models.DateField(null=True, blank=True)


class RegisterKind(models.IntegerChoices):
    """What a register counts."""

    KWH = 1, "kWh"
    KW = 2, "kW"
    KVA = 3, "kVA"
    KVARH = 4, "kvarh"

    @property
    def is_cumulative(self) -> bool:
        """Whether its index only grows; a demand register is set back to zero at each reading."""
        return self in CUMULATIVE


CUMULATIVE = (RegisterKind.KWH, RegisterKind.KVARH)


class Register(models.Model):
    """Registre (cadrans): one counted quantity of a meter; by its name, the whole or what the books bill apart."""

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="registers")
    kind = models.SmallIntegerField(choices=RegisterKind.choices)
    name = models.CharField(max_length=30, default=TOTAL)
    dials = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meter", "kind", "name"], name="one_register_per_meter_kind_and_name"),
            models.CheckConstraint(
                condition=models.Q(name__regex=REGISTER_NAME), name="register_name_as_books_write_it"
            ),
            models.CheckConstraint(condition=models.Q(dials__range=(3, 9)), name="dials_three_to_nine"),
        ]


class Installation(models.Model):
    """Pose d'un compteur: which meter measures which delivery point, with which multiplier, over which period."""

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="installations")
    delivery_point = models.ForeignKey("premises.DeliveryPoint", models.PROTECT, related_name="installations")
    multiplier = models.IntegerField(default=1)  # kWh par unité de cadran
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            # Read alone, without its table, by every bill run: the exclusion constraint's index is ten times dearer.
            models.Index(
                fields=["delivery_point", "starts_on"],
                include=["ends_on", "meter", "multiplier"],
                name="what_hangs_where",
            )
        ]
        constraints = [
            ExclusionConstraint(
                name="a_meter_hangs_in_one_place",
                expressions=[
                    ("meter", RangeOperators.EQUAL),
                    (models.Func("starts_on", "ends_on", function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="one_meter_per_delivery_point_and_day",
                expressions=[
                    ("delivery_point", RangeOperators.EQUAL),
                    (models.Func("starts_on", "ends_on", function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=models.Q(multiplier__gte=1), name="meter_multiplier_counts_from_one"),
        ]


class Source(models.IntegerChoices):
    """Who or what gave a reading."""

    STAFF = 1, "employé"
    CUSTOMER = 2, "client"
    REMOTE = 3, "télérelève"
    INSTALLATION = 4, "pose"
    REMOVAL = 5, "dépose"
    IMPORT = 6, "reprise"


class Quality(models.IntegerChoices):
    """Whether the dial was seen. Only a real reading anchors a bill."""

    REAL = 1, "réelle"
    ESTIMATED = 2, "estimée"


class Reading(models.Model):
    """Relève: what a register showed at the start of a day."""

    pk = models.CompositePrimaryKey("delivery_point_id", "register_id", "read_on", "sequence")
    delivery_point_id = models.BigIntegerField()
    register_id = models.BigIntegerField()
    read_on = models.DateField()
    sequence = models.SmallIntegerField()  # 1, then one more for each correction
    value = models.BigIntegerField()  # thousandths of the dial's unit
    source = models.SmallIntegerField(choices=Source.choices)
    quality = models.SmallIntegerField(choices=Quality.choices)
    recorded_on = models.DateField()

    class Meta:
        indexes = [
            models.Index(
                fields=["delivery_point_id", "register_id", "read_on"],
                condition=models.Q(sequence__gt=1),  # few: the bills to correct are found by them
                name="corrected_readings",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(value__gte=0), name="reading_not_negative"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="reading_sequence_from_one"),
            models.CheckConstraint(
                condition=models.Q(recorded_on__gte=models.F("read_on")), name="reading_not_in_the_future"
            ),
        ]


class Finding(models.Model):
    """Constat de vraisemblance: what is doubtful about a reading, with its evidence."""

    delivery_point_id = models.BigIntegerField()
    register_id = models.BigIntegerField()
    read_on = models.DateField()
    sequence = models.SmallIntegerField()
    code = models.CharField(max_length=40)
    evidence = models.JSONField(default=dict)
    found_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery_point_id", "register_id", "read_on", "sequence", "code"],
                name="finding_once",
            )
        ]


class Photo(models.Model):
    """Photo du cadran: what a register showed, as it was seen. Its bytes, their digest, who gave it and when."""

    delivery_point_id = models.BigIntegerField()
    register_id = models.BigIntegerField()
    read_on = models.DateField()
    sequence = models.SmallIntegerField()
    sha256 = models.BinaryField(max_length=32)
    content = models.BinaryField()  # a JPEG
    width = models.SmallIntegerField()
    height = models.SmallIntegerField()
    by = models.CharField(max_length=150, db_column="by_whom")
    recorded_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery_point_id", "register_id", "read_on", "sequence", "sha256"],
                name="photo_once_a_reading",
            ),
            models.CheckConstraint(
                condition=models.Q(recorded_on__gte=models.F("read_on")), name="photo_not_before_its_reading"
            ),
            models.CheckConstraint(
                condition=models.Q(width__range=(1, SIDE_MAX), height__range=(1, SIDE_MAX)), name="photo_has_its_size"
            ),
        ]


class Estimate(models.Model):
    """Estimation (art. 4.1.2): a quantity for a period without a real reading, its method and its inputs."""

    delivery_point_id = models.BigIntegerField()
    kind = models.SmallIntegerField(choices=RegisterKind.choices)
    name = models.CharField(max_length=30, default=TOTAL)  # of the register that it stands for
    from_on = models.DateField()
    to_on = models.DateField()
    method = models.CharField(max_length=1)  # a, b, c or d of article 4.1.2
    quantity = models.BigIntegerField()  # thousandths of its unit
    inputs = models.JSONField()
    by = models.CharField(max_length=150, db_column="by_whom")

    class Meta:
        indexes = [models.Index(fields=["delivery_point_id", "to_on"])]
        constraints = [
            models.CheckConstraint(condition=models.Q(method__in=list("abcd")), name="estimate_method_of_412"),
            models.CheckConstraint(condition=models.Q(to_on__gt=models.F("from_on")), name="estimate_has_days"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="estimate_not_negative"),
            models.UniqueConstraint(
                fields=["delivery_point_id", "kind", "name", "from_on", "to_on", "quantity", "inputs"],
                condition=models.Q(method="a"),
                name="same_estimate_from_history_once",
            ),
        ]
