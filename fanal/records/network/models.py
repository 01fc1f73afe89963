"""The network as the map says it: what stands where, and by what each delivery point is fed.

Coordinates are whole millimetres of the EPSG beside them. An element that leaves the map stays, with the day it left;
what it was before each change is kept by the database itself (`network_change`).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Survey(models.Model):
    """Relevé du réseau: one map read into the records, by its digest."""

    digest = models.BinaryField(max_length=32)
    name = models.CharField(max_length=200)
    epsg = models.IntegerField()
    surveyed_on = models.DateField()
    by = models.CharField(max_length=100)


class Element(models.Model):
    """What every element of the map has."""

    number = models.CharField(max_length=40, unique=True)
    layer = models.CharField(max_length=60)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="+")  # the last that changed it
    removed_on = models.DateField(null=True)

    class Meta:
        abstract = True


class Located(Element):
    """An element at one place."""

    epsg = models.IntegerField()
    x_mm = models.BigIntegerField()
    y_mm = models.BigIntegerField()

    class Meta:
        abstract = True


class Drawn(Element):
    """An element along a line: x, y, x, y…"""

    epsg = models.IntegerField()
    path = ArrayField(models.BigIntegerField())

    class Meta:
        abstract = True


def _refers(to: str, **options: bool) -> "models.ForeignKey[models.Model]":
    return models.ForeignKey(to, models.PROTECT, to_field="number", related_name="+", **options)


class Support(Located):
    """Appui: a pole, or the substation (poste) where the spans begin."""

    class Kind(models.TextChoices):
        POLE = "POLE", "poteau"
        SUBSTATION = "SUBSTATION", "poste"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=100, null=True)
    voltage_v = models.IntegerField(null=True)
    capacity_kva = models.IntegerField(null=True)
    height_mm = models.IntegerField(null=True)
    strength_class = models.SmallIntegerField(null=True)
    installed_in = models.SmallIntegerField(null=True)
    species = models.CharField(max_length=40, null=True)
    owner = models.CharField(max_length=60, null=True)

    class Meta:
        indexes = [models.Index(fields=["x_mm", "y_mm"], name="network_support_place")]


class Street(Drawn):
    """Voie: a street as the map draws and spells it."""

    type = models.CharField(max_length=40, null=True)
    name = models.CharField(max_length=120)


class Feeder(Element):
    """Départ: a medium-voltage line from the substation, behind its breaker."""

    name = models.CharField(max_length=100, null=True)
    breaker = models.CharField(max_length=40, null=True)


class Transformer(Located):
    """Transformateur: where medium voltage becomes low, on which phases."""

    support = _refers(Support)
    feeder = _refers(Feeder)
    kva = models.IntegerField()
    phases = models.CharField(max_length=3)
    voltage = models.CharField(max_length=20, null=True)
    cutout = models.CharField(max_length=40, null=True)
    metered = models.BooleanField(null=True)
    installed_in = models.SmallIntegerField(null=True)


class Span(Drawn):
    """Portée: a stretch of line from one support to the next, of medium or low voltage."""

    class Level(models.TextChoices):
        MEDIUM = "MEDIUM", "moyenne tension"
        LOW = "LOW", "basse tension"

    class State(models.TextChoices):
        CLOSED = "CLOSED", "en service"
        OPEN = "OPEN", "liaison normalement ouverte"
        OUT = "OUT", "hors service"

    level = models.CharField(max_length=6, choices=Level.choices)
    from_support = _refers(Support)
    to_support = _refers(Support)
    feeder = _refers(Feeder, null=True)
    transformer = _refers(Transformer, null=True)
    phases = models.CharField(max_length=3, null=True)
    voltage_v = models.IntegerField(null=True)
    voltage = models.CharField(max_length=20, null=True)
    conductor = models.CharField(max_length=40, null=True)
    state = models.CharField(max_length=6, choices=State.choices, null=True)


class SwitchingDevice(Located):
    """Appareil de coupure: what opens and closes the network, and how it normally is."""

    class Kind(models.TextChoices):
        BREAKER = "BREAKER", "disjoncteur"
        DISCONNECTOR = "DISCONNECTOR", "sectionneur"
        FUSE = "FUSE", "fusible"
        SWITCH = "SWITCH", "interrupteur"
        CUTOUT = "CUTOUT", "coupe-circuit"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    span = _refers(Span, null=True)
    transformer = _refers(Transformer, null=True)
    support = _refers(Support, null=True)
    feeder = _refers(Feeder, null=True)
    normally_closed = models.BooleanField()
    rating_a = models.IntegerField(null=True)


class ServiceDrop(Drawn):
    """Branchement: the line from the network to one or several delivery points, and the transformer that feeds it."""

    support = _refers(Support, null=True)
    transformer = _refers(Transformer)
    underground = models.BooleanField(null=True)


class Connection(Located):
    """Raccordement: a delivery point on the map, by its number; the service drop leads to its transformer."""

    service_drop = _refers(ServiceDrop, null=True)
    transformer = _refers(Transformer, null=True)
    feeder = _refers(Feeder, null=True)
    address = models.CharField(max_length=200, null=True)
    usage = models.CharField(max_length=20, null=True)
    in_service = models.BooleanField(null=True)


class Light(Located):
    """Luminaire: a street light, and the number of the place that pays for its circuit."""

    support = _refers(Support, null=True)
    watts = models.IntegerField(null=True)
    lamp = models.CharField(max_length=20, null=True)
    circuit = models.CharField(max_length=40, null=True)


class StatedTransformer(models.Model):
    """Transformateur selon la facturation: what another record says feeds a delivery point; the map decides."""

    point = models.CharField(max_length=40)
    transformer = models.CharField(max_length=40)
    source = models.CharField(max_length=200)
    stated_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["point"], name="network_stated_of")]


class Change(models.Model):
    """Modification du réseau: what an element was before a survey changed it, written by the database."""

    element = models.CharField(max_length=40)  # the table
    number = models.CharField(max_length=40)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="+")  # that changed it
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["element", "number"], name="network_change_of")]
