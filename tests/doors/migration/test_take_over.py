"""« Reprendre un ancien système », followed command by command: from an empty database to the first issued cycle."""

import io
import os
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from databases import clone, point_to
from django.db import connection
from django.test.utils import setup_databases

from fanal.doors.cli import main
from fanal.reports.gate import gate

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "take-over.md"
TOWN = Path(os.environ.get("FANAL_SHARED", "/nowhere")) / "town"
TODAY = date(2026, 11, 16)
PASSWORD = "une-longue-phrase-de-passe\n"
MINUTES = 60
BILLED_TWICE = """
SELECT count(*) FROM billing_billeddays d JOIN elsewhere_handover h ON h.subscription_id = d.subscription_id
WHERE d.from_on < h.to_on
"""
NOT_FOLLOWED = """
SELECT count(*) FROM billing_bill b JOIN billing_issue i ON i.bill_id = b.id AND i.account_id = b.account_id
JOIN elsewhere_handover h ON h.subscription_id = b.subscription_id WHERE b.previous_id = 0 AND b.from_on <> h.to_on
"""


@pytest.fixture
def new_database(django_db_setup: None, django_db_blocker: Any, settings: Any) -> Iterator[None]:
    """An empty migrated database, on the day of the page."""
    settings.FANAL_TODAY = TODAY
    with django_db_blocker.unblock():
        if not connection.settings_dict["NAME"].startswith("test_"):  # no test asked for `db` itself
            setup_databases(verbosity=0, interactive=False, keepdb=True)
        before = connection.settings_dict["NAME"]
        with clone(before, f"{before}_taken_over") as name:
            point_to(name)
            try:
                yield
            finally:
                point_to(before)


def commands() -> list[str]:
    """The commands of the page, in its order."""
    return re.findall(r"^fanal (.*)$", PAGE.read_text("utf-8"), re.MULTILINE)


def counted(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def typed(line: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Type a command where the page is followed; a password is typed when it is asked for."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD))
    return main(shlex.split(line))


@pytest.mark.skipif(not TOWN.is_dir(), reason="the export of the town is not here: FANAL_SHARED names its folder")
@pytest.mark.timeout(20 * MINUTES)
def test_the_page_is_followed_from_an_empty_database_to_the_first_issued_cycle(
    new_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exportation").symlink_to(TOWN)

    said = {}
    for line in commands():
        status = typed(line, monkeypatch)
        said[line] = capsys.readouterr().out
        assert status == 0, f"fanal {line}\n{said[line]}"

    assert counted("SELECT count(*) FROM billing_issue") > 200
    assert counted(BILLED_TWICE) == counted(NOT_FOLLOWED) == 0
    assert {it.code: it.state for it in gate().checks}["unexplained"] == "good"
    with zipfile.ZipFile("ville.zip") as packed:
        packed.extractall("ville")
    told = subprocess.run([sys.executable, "-I", "-S", "ville/verify.py"], capture_output=True, text=True)
    assert told.returncode == 0, told.stdout
