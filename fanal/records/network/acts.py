"""Read a map into the records: what is new is added, what changed is changed, what left is dated; all or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, ForeignKey, Model

from fanal.records.journal import acts as journal
from fanal.records.network import facts, models
from fanal.values.refusal import Phrase, Problem, Refused, refuse

# In the order in which each leans on those before it.
KINDS: Mapping[str, type[Model]] = {
    "support": models.Support, "street": models.Street, "feeder": models.Feeder, "transformer": models.Transformer,
    "span": models.Span, "switching_device": models.SwitchingDevice, "service_drop": models.ServiceDrop,
    "connection": models.Connection, "light": models.Light,
}  # fmt: skip
OURS = {"id", "survey_id", "removed_on", "layer", "epsg"}  # what the survey writes itself
NAMED = {
    "support": Phrase("l’appui"),
    "from_support": Phrase("l’appui de départ"),
    "to_support": Phrase("l’appui d’arrivée"),
    "feeder": Phrase("le départ"),
    "transformer": Phrase("le transformateur"),
    "span": Phrase("la portée"),
    "service_drop": Phrase("le branchement"),
}  # fmt: skip
STATE = """
INSERT INTO network_statedtransformer (point, transformer, source, stated_on)
SELECT s.point, s.transformer, %(source)s, %(on)s FROM ({stated}) s
WHERE s.transformer IS DISTINCT FROM (
    SELECT t.transformer FROM network_statedtransformer t WHERE t.point = s.point ORDER BY t.id DESC LIMIT 1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The features of one layer, of one kind; `spared` are numbers there that could not be read and stay as known."""

    name: str
    kind: str
    names: Sequence[str]
    rows: Sequence[tuple[Any, ...]]
    spared: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a survey did of one kind of element."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """What a survey did, by kind, and what it left aside; `already` when that very map was the last one read."""

    counts: Mapping[str, Counted]
    refused: Sequence[Problem] = ()
    already: bool = False


@transaction.atomic
def survey_network(
    *, layers: Sequence[Layer], epsg: int, digest: bytes, name: str, by: str, on: date, keep_good: bool = False
) -> Surveyed:
    """Relever le réseau: read those layers. What stands in a layer that is not given stays as it is.

    Raises Refused with all that is wrong; with `keep_good`, what is good is kept and the rest is told.
    """
    last = facts.last_survey()
    if last and last.digest == digest:
        return Surveyed(counts={}, already=True)
    if last and last.epsg != epsg:
        raise refuse("Le réseau est inscrit en EPSG:{known} ; cette carte est en EPSG:{given}.",
                     field="epsg", known=str(last.epsg), given=str(epsg))  # fmt: skip
    made = models.Survey.objects.create(digest=digest, name=name, epsg=epsg, surveyed_on=on, by=by)
    problems: list[Problem] = []
    kinds = {kind: given for kind in KINDS if (given := [it for it in layers if it.kind == kind])}
    written: dict[str, Counted] = {}
    for kind, given in kinds.items():
        _stage(kind, given, epsg, problems)
        written[kind] = _write(kind, made.pk)
    for kind in reversed(kinds):
        removed = _remove(kind, kinds[kind], made.pk, on, problems)
        written[kind] = Counted(**{**_fields(written[kind]), "removed": removed})
    if problems and not keep_good:
        raise Refused(problems)
    counted = {kind: _fields(it) for kind, it in written.items()}
    grounds = {"name": name, "epsg": epsg, "counts": counted, "refused": len(problems)}
    journal.record("survey_network", about=f"network_survey:{made.pk}", by=by, on=on, grounds=grounds)
    return Surveyed(counts=written, refused=problems)


@transaction.atomic
def state_transformers(*, stated: str, source: str, by: str, on: date) -> int:
    """Inscrire le transformateur que la facturation donne à des points: how many are new, or are said otherwise.

    `stated` is a query of `point` and `transformer`. The map decides all the same: a difference is a finding.
    """
    with connection.cursor() as cursor:
        cursor.execute(STATE.format(stated=stated), {"source": source, "on": on})
        count = cursor.rowcount
    about = f"network_statedtransformer:×{count}"
    journal.record("state_transformers", about=about, by=by, on=on, grounds={"source": source, "count": count})
    return count


# ── staging ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _stage(kind: str, layers: Sequence[Layer], epsg: int, problems: list[Problem]) -> None:
    """Copy the features beside the table, those that cannot be kept marked."""
    model = KINDS[kind]
    columns = _columns(model)
    located = [it for it in ("epsg",) if it in {f.column for f in model._meta.concrete_fields}]
    listed = ", ".join([*columns, *located, "layer"])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS staged_{kind}")
        cursor.execute(
            f"CREATE TEMP TABLE staged_{kind} ON COMMIT DROP AS SELECT {listed}, false AS refused, 0 AS line "
            f"FROM {model._meta.db_table} WITH NO DATA"
        )
        line = 0
        with cursor.copy(f"COPY staged_{kind} ({listed}, refused, line) FROM STDIN") as copy:
            for layer in layers:
                for values in layer.rows:
                    line += 1
                    row = dict(zip(layer.names, values, strict=True))
                    wrong = list(_wrong(model, layer.name, row))
                    problems += wrong
                    told = [_kept(row, columns[name]) for name in columns] if not wrong else _bare(row, columns)
                    copy.write_row((*told, *([epsg] if located else []), layer.name, bool(wrong), line))
        cursor.execute(f"ANALYZE staged_{kind}")
    problems += _twice(kind)
    for reference in _references(model):
        problems += _astray(kind, reference)


def _columns(model: type[Model]) -> dict[str, Field]:
    return {it.column: it for it in model._meta.concrete_fields if it.column not in OURS}


def _references(model: type[Model]) -> list[ForeignKey]:
    return [it for it in model._meta.concrete_fields if isinstance(it, ForeignKey) and it.name != "survey"]


def _kept(row: Mapping[str, Any], column: Field) -> Any:
    return row.get(column.name)


def _bare(row: Mapping[str, Any], columns: Mapping[str, Field]) -> list[Any]:
    """The number alone of a feature that is refused: enough to know that it has not left the map."""
    return [str(row.get("number") or "")[:40] if name == "number" else None for name in columns]


def _wrong(model: type[Model], layer: str, row: Mapping[str, Any]) -> Iterator[Problem]:
    """What the columns of a feature cannot hold."""
    number = str(row.get("number") or "")
    for column in _columns(model).values():
        value = row.get(column.name)
        if value is None:
            if not column.null:
                yield Problem(0, column.name, "Couche {layer}, {number} : le champ {field} manque.",
                              layer=layer, number=number, field=column.name)  # fmt: skip
        elif column.choices and value not in dict(column.flatchoices):
            yield Problem(0, column.name, "Couche {layer}, {number} : {field} ne peut pas être « {value} ».",
                          layer=layer, number=number, field=column.name, value=str(value))  # fmt: skip
        elif isinstance(value, str) and column.max_length and len(value) > column.max_length:
            yield Problem(0, column.name, "Couche {layer}, {number} : {field} a plus de {most} signes.",
                          layer=layer, number=number[:40], field=column.name, most=column.max_length)  # fmt: skip
    if "path" in row and len(row["path"] or ()) < 4:
        yield Problem(0, "path", "Couche {layer}, {number} : la ligne a moins de deux points.",
                      layer=layer, number=number)  # fmt: skip
    if row.get("kva") is not None and row["kva"] <= 0:
        yield Problem(0, "kva", "Couche {layer}, {number} : une puissance se compte en kVA à partir de 1.",
                      layer=layer, number=number)  # fmt: skip
    if model is models.Span and not _is_fed(row):
        yield Problem(0, "feeder", "Couche {layer}, {number} : rien n’alimente cette portée.",
                      layer=layer, number=number)  # fmt: skip
    if row.get("from_support") is not None and row["from_support"] == row.get("to_support"):
        yield Problem(0, "to_support", "Couche {layer}, {number} : la portée va d’un appui à lui-même.",
                      layer=layer, number=number)  # fmt: skip


def _is_fed(row: Mapping[str, Any]) -> bool:
    """By a transformer at low voltage, else by a feeder; a tie that is normally open is of none."""
    if row.get("level") == models.Span.Level.LOW:
        return row.get("transformer") is not None
    return row.get("feeder") is not None or row.get("state") == models.Span.State.OPEN


def _twice(kind: str) -> list[Problem]:
    """The numbers that several features bear; none of them is kept."""
    found = _rows(
        f"WITH twice AS (SELECT number, count(*) AS times FROM staged_{kind} GROUP BY number HAVING count(*) > 1), "
        f"marked AS (UPDATE staged_{kind} s SET refused = true FROM twice t WHERE t.number = s.number RETURNING s.*) "
        "SELECT min(m.layer), number, t.times FROM twice t JOIN marked m USING (number) GROUP BY number, t.times "
        "ORDER BY number"
    )
    return [
        Problem(0, "number", "Couche {layer} : le numéro {number} s’y trouve {count} fois.", layer=layer, number=number,
                count=times)
        for layer, number, times in found
    ]  # fmt: skip


def _astray(kind: str, reference: ForeignKey) -> list[Problem]:
    """The features that lean on something that does not stand."""
    column, table = reference.column, reference.related_model._meta.db_table
    found = _rows(
        f"UPDATE staged_{kind} s SET refused = true WHERE NOT refused AND {column} IS NOT NULL AND NOT EXISTS "
        f"(SELECT FROM {table} t WHERE t.number = s.{column} AND t.removed_on IS NULL) "
        f"RETURNING layer, number, {column}"
    )
    return [
        Problem(0, reference.name, "Couche {layer}, {number} : {what} « {target} » n’est pas sur la carte.",
                layer=layer, number=number, what=NAMED[reference.name], target=target)
        for layer, number, target in sorted(found)
    ]  # fmt: skip


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _write(kind: str, survey_id: int) -> Counted:
    """Add what is new, change what changed. The database keeps what it was."""
    model = KINDS[kind]
    table = model._meta.db_table
    columns = [it.column for it in model._meta.concrete_fields if it.column not in ("id", "survey_id", "removed_on")]
    told = ", ".join(columns)
    own, new = (", ".join(f"{side}.{it}" for it in columns) for side in (table, "EXCLUDED"))
    found = _rows(
        f"INSERT INTO {table} ({told}, survey_id) SELECT {told}, %s FROM staged_{kind} WHERE NOT refused ORDER BY line "
        f"ON CONFLICT (number) DO UPDATE SET ({told}, survey_id, removed_on) = ({new}, EXCLUDED.survey_id, NULL) "
        f"WHERE ({own}, {table}.removed_on) IS DISTINCT FROM ({new}, NULL) RETURNING xmax = 0",
        [survey_id],
    )
    with connection.cursor() as cursor:  # else what leans on it is checked as if the table were still empty
        cursor.execute(f"ANALYZE {table}")
    added = sum(is_new for (is_new,) in found)
    [(good,)] = _rows(f"SELECT count(*) FROM staged_{kind} WHERE NOT refused")
    return Counted(added=added, changed=len(found) - added, same=good - len(found))


def _remove(kind: str, layers: Sequence[Layer], survey_id: int, on: date, problems: list[Problem]) -> int:
    """Date what has left its layer, unless something still leans on it."""
    table = KINDS[kind]._meta.db_table
    names, spared = [it.name for it in layers], [number for it in layers for number in it.spared]
    gone = (
        f"t.removed_on IS NULL AND t.layer = ANY(%s) AND t.number <> ALL(%s) "
        f"AND NOT EXISTS (SELECT FROM staged_{kind} s WHERE s.number = t.number)"
    )
    leaning = [
        f"SELECT {it.column} AS number, number AS child FROM {model._meta.db_table} WHERE removed_on IS NULL"
        for model in KINDS.values() for it in _references(model) if it.related_model is KINDS[kind]
    ]  # fmt: skip
    children = " UNION ALL ".join(leaning) or "SELECT NULL::text, NULL::text WHERE false"
    held = _rows(
        f"SELECT t.layer, t.number, min(c.child) FROM {table} t JOIN ({children}) c(number, child) USING (number) "
        f"WHERE {gone} GROUP BY t.layer, t.number ORDER BY t.number",
        [names, spared],
    )
    for layer, number, child in held:
        problems.append(
            Problem(0, "number", "Couche {layer} : {number} n’y est plus, mais {child} s’y relie encore.",
                    layer=layer, number=number, child=child)
        )  # fmt: skip
    return len(
        _rows(
            f"UPDATE {table} t SET removed_on = %s, survey_id = %s WHERE {gone} RETURNING number",
            [on, survey_id, names, [*spared, *(number for _layer, number, _child in held)]],
        )
    )


def _fields(counted: Counted) -> dict[str, int]:
    return {it: getattr(counted, it) for it in ("added", "changed", "removed", "same")}


def _rows(query: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
