"""The data dictionary of an archive, from the models alone: table, column, type, unit, meaning, keys."""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models

from fanal.records.tables import Table, tables

HEADER = ("table", "title", "column", "type", "null", "unit", "key", "meaning")
COMMENT = re.compile(r"^    (\w+) = .*?#\s*(.+)$")
# Units come last in the name of a column (rule 12).
UNITS = (
    (r"_cents$", "cents"), (r"(^|_)on$|_date$|_until$", "jour (AAAA-MM-JJ)"), (r"_at$", "instant (UTC)"),
    (r"^(kwh|opening_kwh)$", "millièmes de kWh"), (r"kw$", "millièmes de kW"), (r"^kva$", "millièmes de kVA"),
    (r"^days$", "jours"), (r"^sha256$|^content$", "octets, en hexadécimal"),
)  # fmt: skip


def dictionary() -> Iterator[tuple[str, ...]]:
    """One row a column, in the order of the tables."""
    for table in tables():
        comments = _comments(table.model)
        for column in table.columns:
            field = column.field
            yield (
                table.name, _title(table.model), column.name, str(field.db_type(connection)),
                "oui" if field.null else "non", _unit(column.name, field), _key(table, field),
                _meaning(field, comments.get(field.name, "")),
            )  # fmt: skip


def _title(model: type[models.Model]) -> str:
    """The first sentence of a model, which opens with its French term."""
    return " ".join((inspect.getdoc(model) or "").split("\n\n")[0].split()) if _is_ours(model) else model.__name__


def _is_ours(model: type[models.Model]) -> bool:
    return model.__module__.startswith("fanal.")


def _comments(model: type[models.Model]) -> dict[str, str]:
    """What the model says beside each of its fields."""
    lines = inspect.getsource(model).splitlines() if _is_ours(model) and not model._meta.auto_created else []
    return {found[1]: found[2] for line in lines if (found := COMMENT.match(line))}


def _unit(name: str, field: Any) -> str:
    if isinstance(field, models.BooleanField):
        return "t ou f"
    return next((unit for pattern, unit in UNITS if re.search(pattern, name)), "")


def _key(table: Table, field: Any) -> str:
    """What a column is a key of: of its table (clé), alone of its kind (unique), of another table (→)."""
    said = ["clé"] if field.column in {it.name for it in table.key} else []
    said += ["unique"] if field.unique and not field.primary_key else []
    if field.remote_field:
        said.append(f"→ {field.related_model._meta.db_table}.{field.target_field.column}")
    elif field.column.endswith("_id") and (known := _named().get(field.column.removesuffix("_id").replace("_", ""))):
        said.append(f"→ {known}")
    return ", ".join(said)


@cache
def _named() -> dict[str, str]:
    """The table that a column such as `delivery_point_id` speaks of, by the name of the model in one word."""
    found = [it for it in apps.get_models() if _is_ours(it)]
    return {it.__name__.lower(): f"{it._meta.db_table}.id" for it in found}


def _meaning(field: Any, comment: str) -> str:
    choices = " ; ".join(f"{value} = {label}" for value, label in (field.choices or ()))
    return " — ".join(it for it in (comment, choices) if it)
