"""The tables are those of the models, and a migration stays what it was on its day."""

import ast
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
