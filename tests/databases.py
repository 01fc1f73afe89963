"""Databases of tests: cloned, pointed to, dropped."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections


def point_to(name: str) -> None:
    """Send every new connection of this process, a live server's too, to that database."""
    connections.close_all()
    connection.settings_dict["NAME"] = connections.settings["default"]["NAME"] = name


def on_the_server(*statements: str) -> None:
    """Run statements on the server itself, outside any of its databases."""
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def clone(template: str, name: str) -> Iterator[str]:
    """A copy of a database, dropped afterwards."""
    on_the_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield name
    finally:
        on_the_server(f'DROP DATABASE "{name}" WITH (FORCE)')
