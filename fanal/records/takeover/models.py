"""What an old system handed over: every row as it came, what was found wrong with it, and what people decided."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Export(models.Model):
    """Exportation de l’ancien système: one directory of files, read by one mapping."""

    class State(models.TextChoices):
        STAGED = "STAGED", "reçue"
        EXAMINED = "EXAMINED", "examinée"
        LOADED = "LOADED", "chargée"

    town = models.CharField(max_length=120)
    as_of = models.DateField(null=True)  # the last day of the old system's books, where it says so
    digest = models.CharField(max_length=64)  # of the files
    mapping_digest = models.CharField(max_length=64)
    directory = models.CharField(max_length=400)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STAGED)
    staged_by = models.CharField(max_length=150)
    staged_on = models.DateField()
    loaded_by = models.CharField(max_length=150, blank=True)
    loaded_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "mapping_digest"], name="export_staged_once"),
            models.CheckConstraint(
                condition=Q(state__in=["STAGED", "EXAMINED"], loaded_by="", loaded_on=None)
                | Q(state="LOADED", loaded_on__isnull=False) & ~Q(loaded_by=""),
                name="export_loaded_by_somebody",
            ),
        ]


class ExportFile(models.Model):
    """Fichier d’une exportation: its rows of one kind, and what became of them; they add up."""

    export = models.ForeignKey(Export, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, blank=True)  # empty: lines that are of no kind
    digest = models.CharField(max_length=64)
    unknown_headers = ArrayField(models.CharField(max_length=200), default=list)
    missing_headers = ArrayField(models.CharField(max_length=200), default=list)
    rows = models.BigIntegerField(default=0)
    ready = models.BigIntegerField(default=0)
    loaded = models.BigIntegerField(default=0)
    aside = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "name", "kind"], name="export_file_once"),
            models.CheckConstraint(
                condition=Q(rows=F("ready") + F("loaded") + F("aside") + F("refused")), name="rows_add_up"
            ),
            models.CheckConstraint(
                condition=Q(ready__gte=0, loaded__gte=0, aside__gte=0, refused__gte=0), name="row_counts_not_negative"
            ),
        ]


class StagedRow(models.Model):
    """Ligne reçue: the text as it came, and its canonical fields; a line that cannot be read has none."""

    pk = models.CompositePrimaryKey("file_id", "line")
    file_id = models.IntegerField()
    line = models.IntegerField()  # from 1, as a person counts them
    key = models.TextField()  # what the old system names the row by
    digest = models.UUIDField()  # of the fields: the same row of another export has it too
    raw = models.TextField()
    fields = ArrayField(models.TextField(null=True))  # in the order of the kind's columns

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(line__gte=1), name="staged_row_line_from_one")]


class Known(models.Model):
    """Ligne chargée: what the old system names a row by, what it said, our id for it; so that loading again is safe."""

    pk = models.CompositePrimaryKey("kind", "key")
    kind = models.CharField(max_length=40)
    key = models.TextField()
    digest = models.UUIDField()
    our_id = models.BigIntegerField(null=True)  # of a customer, a delivery point, a subscription, a meter, an account


class Verdict(models.TextChoices):
    """What a flaw does to its row."""

    NOTED = "NOTED", "chargée, avec une note"
    ASIDE = "ASIDE", "mise de côté"
    REFUSED = "REFUSED", "refusée"


class Rule(models.Model):
    """Règle de reprise: rows with that flaw, and those values, are decided alike from now on."""

    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    where = models.JSONField(default=dict, db_column="where_values")  # what the evidence must hold
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=400)
    made_by = models.CharField(max_length=150)
    made_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=["NOTED", "REFUSED"]), name="rule_decides"),
            models.CheckConstraint(condition=~Q(reason=""), name="rule_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("made_on")), name="rule_ends_after_it_was_made"
            ),
        ]


class Decision(models.Model):
    """Décision sur une ligne mise de côté: it holds for the same row of any export."""

    kind = models.CharField(max_length=40)
    key = models.TextField()
    digest = models.UUIDField()
    code = models.CharField(max_length=40)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    corrected = models.JSONField(default=dict)  # canonical column: its value as corrected
    reason = models.CharField(max_length=400)
    decided_by = models.CharField(max_length=150)
    decided_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["kind", "digest"], name="decision_by_row")]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=["NOTED", "REFUSED"]), name="decision_decides"),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason"),
            models.CheckConstraint(
                condition=Q(corrected={}) | Q(verdict="NOTED"), name="only_a_row_that_is_loaded_is_corrected"
            ),
        ]


class Flaw(models.Model):
    """Défaut d’une ligne reçue: what is wrong with it, with the evidence, and what it does to the row."""

    file_id = models.IntegerField()
    line = models.IntegerField()
    code = models.CharField(max_length=40)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)  # of the check
    evidence = models.JSONField(default=dict)
    standing = models.CharField(max_length=10, choices=Verdict.choices)  # after what people decided
    decision = models.ForeignKey(Decision, models.PROTECT, null=True)
    rule = models.ForeignKey(Rule, models.PROTECT, null=True)

    class Meta:
        indexes = [models.Index(fields=["file_id", "line"], name="flaw_by_row")]
        constraints = [
            models.CheckConstraint(
                condition=Q(standing=F("verdict")) | Q(decision__isnull=False) | Q(rule__isnull=False),
                name="flaw_stands_until_decided",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values, standing__in=Verdict.values), name="flaw_verdict_known"
            ),
        ]


class CorrectedRow(models.Model):
    """Ligne corrigée: a staged row with what checks and people corrected, made again at each examination."""

    pk = models.CompositePrimaryKey("file_id", "line")
    file_id = models.IntegerField()
    line = models.IntegerField()
    fields = ArrayField(models.TextField(null=True))


class Merge(models.Model):
    """Fusion de clients: two customers of the old system that are one, in every export from then on.

    Proposed by one person, confirmed by another.
    """

    export = models.ForeignKey(Export, models.PROTECT)  # in which they were seen to be one
    kept = models.TextField()  # keys of the old system
    merged = models.TextField()
    reasons = models.JSONField(default=list)
    proposed_by = models.CharField(max_length=150)
    proposed_on = models.DateField()
    confirmed_by = models.CharField(max_length=150, blank=True)
    confirmed_on = models.DateField(null=True)
    undone_by = models.CharField(max_length=150, blank=True)
    undone_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_on=None), name="merge_once_at_a_time"),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two"),
            models.CheckConstraint(
                condition=Q(confirmed_by="", confirmed_on=None) | Q(confirmed_on__isnull=False),
                name="merge_confirmed_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(undone_by="", undone_on=None) | Q(undone_on__isnull=False) & ~Q(undone_by=""),
                name="merge_undone_by_somebody",
            ),
        ]
