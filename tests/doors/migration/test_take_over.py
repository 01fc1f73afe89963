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

import numpy as np
import pytest
from databases import clone, point_to
from django.db import connection
from django.test.utils import setup_databases

from fanal.doors.cli import main
from fanal.doors.migration import intake
from fanal.law.shadow.prices import tariffs, terms
from fanal.law.tariffs.inputs import Quantities
from fanal.law.tariffs.rate import rate
from fanal.records.shadow import gather
from fanal.records.takeover import facts as takeover
from fanal.reports.gate import gate
from fanal.values.dates import to_days

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "take-over.md"
TOWN = Path(os.environ.get("FANAL_SHARED", "/nowhere")) / "town"
TODAY = date(2026, 11, 4)
READ_ON = date(2026, 11, 2)  # the round of the cycle, as the old system planned it
UNREAD = 10  # of so many meters, one that nobody could read: it is estimated
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
# The meters of the first cycle with their last index, and what their subscription used then, a year ago.
METERS = """
SELECT DISTINCT ON (d.number) d.number, m.serial, g.dials, r.value / 1000, i.multiplier, %(on)s - r.read_on,
    ago.kwh / 1000, ago.to_on - ago.from_on
FROM elsewhere_handover h JOIN subscriptions_subscription s ON s.id = h.subscription_id AND s.ends_on IS NULL
JOIN premises_deliverypoint d ON d.id = s.delivery_point_id AND d.cycle = 1
JOIN metering_installation i ON i.delivery_point_id = d.id AND i.ends_on IS NULL
JOIN metering_meter m ON m.id = i.meter_id
JOIN metering_register g ON g.meter_id = m.id AND g.kind = 1
JOIN metering_reading r ON r.register_id = g.id AND r.delivery_point_id = d.id
LEFT JOIN LATERAL (SELECT * FROM elsewhere_pastbill b
    WHERE b.subscription_id = s.id AND b.kwh > 0 AND b.to_on > b.from_on
    ORDER BY abs(b.to_on - (%(on)s - 365)) LIMIT 1) ago ON true
ORDER BY d.number, r.read_on DESC, r.sequence DESC
"""
ESTIMATED = (
    "SELECT count(*) FROM billing_bill b JOIN billing_issue i ON i.bill_id = b.id WHERE b.estimates_in_a_row > 0"
)
# Bills whose kWh are not what their meters show between the first day and the last, exchanges included.
NOT_THE_INDEX = """
SELECT count(*) FROM billing_bill b JOIN billing_issue issued ON issued.bill_id = b.id, LATERAL (
    SELECT sum(mod(closing.value - opening.value + span, span) * i.multiplier) AS kwh
    FROM metering_installation i JOIN metering_register g ON g.meter_id = i.meter_id AND g.kind = 1
    CROSS JOIN LATERAL (SELECT (1000 * 10::numeric ^ g.dials)::bigint AS span) turn
    CROSS JOIN LATERAL (SELECT value FROM metering_reading r WHERE r.register_id = g.id
        AND r.read_on = greatest(b.from_on, i.starts_on) ORDER BY sequence DESC LIMIT 1) opening
    CROSS JOIN LATERAL (SELECT value FROM metering_reading r WHERE r.register_id = g.id
        AND r.read_on = least(b.to_on, i.ends_on) ORDER BY sequence DESC LIMIT 1) closing
    WHERE i.delivery_point_id = b.delivery_point_id AND i.starts_on < b.to_on
        AND (i.ends_on IS NULL OR i.ends_on > b.from_on)
) shown WHERE b.estimates_in_a_row = 0 AND b.kwh <> coalesce(shown.kwh, 0)
"""
BILLS = """
SELECT b.rated_cents, b.from_on, b.to_on, b.multiplier > 1, k.code, b.kwh, b.kw, b.kva, b.past_kw, b.multiplier,
    b.phases, b.units
FROM billing_bill b JOIN billing_issue i ON i.bill_id = b.id JOIN billing_book k ON k.id = b.book_id
"""
GIVEN = ("kwh", "kw", "kva", "past_kw", "multiplier", "phases", "units")


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
            counted("SELECT setval(pg_get_serial_sequence('billing_proposal', 'id'), 1, false)")  # other tests proposed
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


def asked(query: str, **told: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, told)
        return list(cursor.fetchall())


def read_the_first_cycle(path: Path) -> tuple[int, int]:
    """What the reader of the first cycle brings back, a meter in ten unread: (read, unread)."""
    lines = ["point;compteur;registre;date;index;source"]
    meters = asked(METERS, on=READ_ON)
    for place, (number, serial, dials, index, multiplier, days, kwh, of_days) in enumerate(meters):
        if place % UNREAD:
            used = (kwh or 600) * days // ((of_days or 60) * multiplier)
            lines.append(f"{number};{serial};kWh;{READ_ON};{(index + used) % 10**dials};employé")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return len(lines) - 1, len(meters) - len(lines) + 1


def otherwise_by_the_old_prices() -> list[int]:
    """Bills issued whose amount the prices of the old system would not make, to the cent."""
    old = tariffs(gather.prices(takeover.exports()[0].id), terms()).tariffs
    there = {(it.book, it.dwellings): code for code, it in intake.read_mapping().books.items()}
    wrong = []
    for cents, from_on, to_on, many, book, *given in asked(BILLS):
        code = there.get((book, many)) or there.get((book, not many)) or book.split("/")[1]
        told = Quantities(**dict(zip(GIVEN, map(one, given), strict=True)))
        if int(rate(old[code].book, one(to_days(from_on)), one(to_days(to_on)), told).net[0]) != cents:
            wrong.append(cents)
    return wrong


def one(value: int) -> Any:
    return np.array([value], np.int64)


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
    (tmp_path / "ville").mkdir()

    said, read, unread = {}, 0, 0
    for line in commands():
        if line.startswith("reads "):
            read, unread = read_the_first_cycle(tmp_path / "releves.csv")
        status = typed(line, monkeypatch)
        said[line] = capsys.readouterr().out
        assert status == 0, f"fanal {line}\n{said[line]}"

    bills, estimated = counted("SELECT count(*) FROM billing_issue"), counted(ESTIMATED)
    assert bills > 200
    assert estimated <= unread < read / 8
    assert bills - estimated > read - 15  # a few that are read wait: far from the usual, or begun too lately
    assert counted(BILLED_TWICE) == counted(NOT_FOLLOWED) == counted(NOT_THE_INDEX) == 0
    assert otherwise_by_the_old_prices() == []
    assert "Tarif sans livre" not in said["unbilled"]
    assert {it.code: it.state for it in gate().checks}["unexplained"] == "good"
    with zipfile.ZipFile("ville.zip") as packed:
        packed.extractall("emportee")
    told = subprocess.run([sys.executable, "-I", "-S", "emportee/verify.py"], capture_output=True, text=True)
    assert told.returncode == 0, told.stdout
