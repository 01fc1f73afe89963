"""Open the office: settings, database server, tables, and the day it is. Every command that needs records calls it."""

import os
from datetime import date

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def open_office() -> None:
    """Set Django up (development settings unless others are chosen), start the server.

    Raises SystemExit when the tables are not those of this version: a command that asks never alters them.
    """
    _set_up()
    if count := _waiting():
        changes = "un changement de tables attend" if count == 1 else f"{count} changements de tables attendent"
        raise SystemExit(f"La base n’est pas à jour, {changes} : « fanal migrate » met les tables à jour.")
    live_on_the_day_of_the_demo()


def migrate() -> int:
    """Open the office and bring its tables up to this version: how many changes were made."""
    _set_up()
    count = _waiting()
    call_command("migrate", verbosity=0, interactive=False)
    return count


def live_on_the_day_of_the_demo() -> None:
    """Where the demo town stands, its day is that of every command and of the desk, unless FANAL_TODAY is given."""
    from fanal.doors.demo.standing import standing

    if settings.FANAL_TODAY is None and settings.FANAL_DEMO_LOGINS and (town := standing()):
        settings.FANAL_TODAY = date.fromisoformat(town["today"])


def today() -> date:
    """The day of the office: FANAL_TODAY where it is set, that of the demo town where it stands, else the clock."""
    return settings.FANAL_TODAY or date.today()


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanal.settings.dev")
    django.setup()


def _waiting() -> int:
    """How many migrations of this version the database has not had."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
