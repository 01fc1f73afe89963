"""Databases for tests: `db` (rolled back), and `own_database` (a clone, for what must really commit)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from hypothesis import settings

settings.register_profile("fanal", deadline=None)  # a busy machine is no fault of an example
settings.load_profile("fanal")


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A clone of the test database, dropped afterwards: append-only tables cannot be emptied."""
    name = connection.settings_dict["NAME"]
    clone = f"{name}_clone"
    with django_db_blocker.unblock():
        _on_the_server(
            f'DROP DATABASE IF EXISTS "{clone}" WITH (FORCE)', f'CREATE DATABASE "{clone}" TEMPLATE "{name}"'
        )
        try:
            _point_to(clone)
            yield clone
        finally:
            _point_to(name)
            _on_the_server(f'DROP DATABASE "{clone}" WITH (FORCE)')


def _point_to(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = connections.settings["default"]["NAME"] = name


def _on_the_server(*statements: str) -> None:
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
