"""Open the office: settings, database server, tables, and the day it is. Every command that needs records calls it."""

import os
from datetime import date

import django
from django.conf import settings
from django.core.management import call_command


def open_office(*, migrate: bool = True) -> None:
    """Set Django up (development settings unless others are chosen), start the server, bring the tables up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanal.settings.dev")
    django.setup()
    if migrate:
        call_command("migrate", verbosity=0, interactive=False)


def today() -> date:
    """The day of the office: FANAL_TODAY where it is set, else the clock."""
    return settings.FANAL_TODAY or date.today()
