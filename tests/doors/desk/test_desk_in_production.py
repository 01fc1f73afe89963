"""The desk as a municipality runs it, in a process of its own: its limits, and the demo accounts that are nobody."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from fanal.doors.desk.people import Argon2id
from fanal.doors.desk.roles import DEMO_PASSWORD, DEMO_PEOPLE, Role
from fanal.settings import base

PASSWORD = "une phrase assez longue"
LIMITS = """
import json
from fanal.doors.desk import wsgi
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT name, setting FROM pg_settings")
    print(json.dumps(dict(cursor.fetchall())))
"""
WHO = """
import django, json, sys
django.setup()
from django.contrib.auth import authenticate, get_backends
people = [authenticate(None, username=name, password=word) for name, word in json.loads(sys.argv[1])]
known = [get_backends()[0].get_user(key) for key in json.loads(sys.argv[2])]
print(json.dumps([[it and it.username for it in some] for some in (people, known)]))
"""


@pytest.fixture
def environment(own_town: str, tmp_path: Path) -> dict[str, str]:
    """What a process needs to open a town under production settings."""
    utility = tmp_path / "ville.toml"
    demo = Path(base.__file__).with_name("utility.toml").read_text(encoding="utf-8")
    utility.write_text(demo.replace('"000000000 ', '"123456789 ').replace('"0000000000 ', '"1234567890 '), "utf-8")
    where = connection.settings_dict
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("FANAL_", "DJANGO_"))}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "fanal.settings.production", "FANAL_SECRET_KEY": "secret", "FANAL_BYLAW": "alma",
        "FANAL_UTILITY": str(utility), "FANAL_HOSTS": "bureau.exemple",
        "DATABASE_URL": f"postgresql://{where['USER']}@/{connection.settings_dict['NAME']}?host={where['HOST']}",
    }  # fmt: skip


def said(environment: dict[str, str], code: str, *arguments: object) -> Any:
    """What a process of that environment prints."""
    command = [sys.executable, "-c", code, *map(json.dumps, arguments)]
    return json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def test_a_page_waits_for_nothing_longer_than_it_should(environment: dict[str, str]) -> None:
    limits = said(environment, LIMITS)

    assert (limits["lock_timeout"], limits["statement_timeout"]) == ("5000", "30000")
    assert limits["idle_in_transaction_session_timeout"] == "60000"
    assert (limits["TimeZone"], limits["jit"]) == ("UTC", "off")


@pytest.mark.usefixtures("town")
def test_a_bill_run_takes_the_time_that_it_takes() -> None:
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings")
        limits = dict(cursor.fetchall())

    assert (limits["statement_timeout"], limits["lock_timeout"]) == ("0", "5000")
    assert limits["idle_in_transaction_session_timeout"] == "600000"


@pytest.mark.parametrize(("settings_of", "demo_is"), [("production", False), ("dev", True)])
def test_the_accounts_of_a_demo_database_are_nobody_once_production_opens_it(
    environment: dict[str, str], settings_of: str, demo_is: bool
) -> None:
    name = DEMO_PEOPLE[Role.ADMINISTRATOR][0]
    real, demo = User(username="vraie.personne"), User.objects.get(username=name)
    for user, word in ((real, PASSWORD), (demo, DEMO_PASSWORD)):
        user.password = Argon2id().encode(word, "seldetable")  # not as the tests keep them
        user.save()
    environment["DJANGO_SETTINGS_MODULE"] = f"fanal.settings.{settings_of}"
    wanted = [[name, DEMO_PASSWORD], [real.username, PASSWORD]]
    came, comes_back = said(environment, WHO, wanted, [demo.pk, real.pk])

    shown = name if demo_is else None
    assert came == comes_back == [shown, "vraie.personne"]
