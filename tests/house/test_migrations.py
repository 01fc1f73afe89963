"""The tables are those of the models, and a migration stays what it was on its day."""

import ast
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from fanal import records


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    said = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said, stderr=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def twice_numbered(migrations: Iterable[Path]) -> list[str]:
    """Migrations of one room that bear the same number."""
    rooms: dict[tuple[str, str], list[str]] = {}
    for it in sorted(migrations):
        rooms.setdefault((it.parents[1].name, it.name[:4]), []).append(it.name)
    return [f"{room} : {' et '.join(names)} portent le même numéro ; la dernière arrivée prend le suivant."
            for (room, _), names in rooms.items() if len(names) > 1]  # fmt: skip


def test_no_two_migrations_of_a_room_share_a_number() -> None:
    migrations = sorted(Path(records.__path__[0]).glob("*/migrations/0*.py"))
    assert twice_numbered(migrations) == []
    planted = migrations[-1].with_name(f"{migrations[-1].name[:4]}_another.py")
    [said] = twice_numbered([*migrations, planted])
    assert "_another.py et" in said or "et " + planted.name in said


def living(source: str) -> set[str]:
    """What a migration takes of the rooms besides the guards of the journal: code that changes after it."""
    imports = [it for it in ast.walk(ast.parse(source)) if isinstance(it, ast.ImportFrom)]
    rooms = {it.module for it in imports if it.module and it.module.startswith("fanal.records")}
    return rooms - {"fanal.records.journal.guards"}


def test_no_migration_runs_an_act_of_today() -> None:
    migrations = sorted(Path(records.__path__[0]).glob("*/migrations/0*.py"))
    assert len(migrations) > 50
    assert {it.name: found for it in migrations if (found := living(it.read_text()))} == {}
    assert living("from fanal.records.premises.addresses import keep_parts") == {"fanal.records.premises.addresses"}
