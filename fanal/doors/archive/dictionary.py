"""The data dictionary of an archive, from the models alone: table, column, type, unit, meaning, keys."""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models

from fanal.records.tables import Table, tables
from fanal.records.takeover.kinds import KINDS

HEADER = ("table", "title", "column", "type", "null", "unit", "key", "meaning")
RECEIVED_HEADER = ("kind", "title", "position", "column", "holds", "key", "codes")
TITLES = {"auth_user": "Personne qui entre au bureau", "auth_group": "Rôle", "auth_user_groups": "Rôle d’une personne"}
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
                table.name, _title(table), column.name, str(field.db_type(connection)),
                "oui" if field.null else "non", _unit(column.name, field), _key(table, field),
                _meaning(field, comments.get(field.name, "")),
            )  # fmt: skip


def received() -> Iterator[tuple[str, ...]]:
    """One row a column of each kind that an old system hands over: what `fields` of a received row holds, in order."""
    for kind in KINDS.values():
        for position, column in enumerate(kind.columns, 1):
            key = "clé" if column.name in kind.key else ""
            yield (kind.name, str(kind.title), str(position), column.name, column.type, key,
                   " ".join(sorted(column.codes)))  # fmt: skip


def _title(table: Table) -> str:
    """The first sentence of a model, which opens with its French term; none for a table that TITLES forgets."""
    if not _is_ours(table.model):
        return TITLES.get(table.name, "")
    return " ".join((inspect.getdoc(table.model) or "").split("\n\n")[0].split())


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
    elif field.column.endswith("_id") and (known := _named(table, field.column.removesuffix("_id").replace("_", ""))):
        said.append(f"→ {known}")
    return ", ".join(said)


def _named(table: Table, name: str) -> str | None:
    """The key that a column such as `delivery_point_id` speaks of, by the name of a model: of its room, else of one."""
    own = table.model._meta.app_label
    found = [it._meta for it in _models().get(name, ())]
    said = [it for it in found if it.app_label == own] or found
    key = [it.column for it in said[0].pk_fields if it.column != "account_id"] if len(said) == 1 else []
    return f"{said[0].db_table}.{key[0]}" if len(key) == 1 else None


@cache
def _models() -> dict[str, list[type[models.Model]]]:
    """The tables of Fanal by the name of their model in one word."""
    found: dict[str, list[type[models.Model]]] = {}
    for it in filter(_is_ours, apps.get_models()):
        found.setdefault(it.__name__.lower(), []).append(it)
    return found


def _meaning(field: Any, comment: str) -> str:
    choices = " ; ".join(f"{value} = {label}" for value, label in (field.choices or ()))
    return " — ".join(it for it in (comment, choices) if it)
