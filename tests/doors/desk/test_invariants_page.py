"""The invariants: the last check, the rows that break one, a check asked for now."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from fanal.doors import debits
from fanal.doors.cli import export_gl
from fanal.doors.desk.pages.invariant_words import CODES, COLUMNS
from fanal.doors.desk.roles import Role
from fanal.doors.jobs import queue
from fanal.reports import invariants as invariants_of
from fanal.reports import journal
from fanal.reports.invariants import invariants


def test_the_last_check_is_shown_in_few_queries(
    client_as: Callable[..., Client], few_queries: Callable[..., Any]
) -> None:
    text = few_queries(client_as(Role.AUDITOR), "/invariants/").content.decode()

    assert "Tout se tient" in text
    assert all(f">{it.code}<" in text for it in invariants())


def asked(client: Client) -> None:
    client.post("/invariants/verifier/")
    assert "en attente de l’ouvrier" in client.get("/invariants/").content.decode()
    assert queue.work_once()


def test_a_check_asked_for_is_done_and_kept_in_the_journal(client_as: Callable[..., Client]) -> None:
    client = client_as(Role.AUDITOR)
    asked(client)
    event = journal.last_verification()

    assert event is not None
    assert (event.act, event.by, event.many) == ("invariants.verified", "hortense.verification", len(invariants()))
    assert client.get("/invariants/progres/").headers["HX-Refresh"] == "true"
    assert "factures émises" in client.get("/invariants/").content.decode()


def test_a_broken_invariant_comes_first_and_shows_its_rows(client_as: Callable[..., Client]) -> None:
    client = client_as(Role.TREASURER)
    with connection.cursor() as cursor:  # planted: an entry that nobody balances, past every guard
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE ledger_posting SET debit_cents = debit_cents + 100 WHERE ctid = "
                       "(SELECT ctid FROM ledger_posting WHERE debit_cents > 0 LIMIT 1)")  # fmt: skip
        cursor.execute("SET LOCAL session_replication_role = origin")
    asked(client)

    text = client.get("/invariants/").content.decode()
    assert "en faute" in text
    assert text.index(">I2<") < text.index(">I4<")
    rows = client.get("/invariants/I2/").content.decode()
    assert "le grand livre ne s’annule pas" in rows
    assert "not_zero" not in rows
    assert "on_date" not in rows
    assert "1,00" in rows
    [account] = re.findall(r'<a href="/comptes/(\d{10})/">', client.get("/invariants/I1/").content.decode())
    assert client.get(f"/comptes/{account}/").status_code == 200


def test_a_row_that_names_a_bill_leads_to_it_issued_or_not(client_as: Callable[..., Client]) -> None:
    client = client_as(Role.TREASURER)
    with connection.cursor() as cursor:  # planted: two bills are dearer than their lines
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE billing_bill SET net_cents = net_cents + 1, total_cents = total_cents + 1 WHERE id IN ("
                       "(SELECT max(bill_id) FROM billing_issue), (SELECT max(id) FROM billing_bill b WHERE NOT EXISTS "
                       "(SELECT FROM billing_issue i WHERE i.bill_id = b.id) AND EXISTS "
                       "(SELECT FROM billing_line l WHERE l.bill_id = b.id)))")  # fmt: skip
        cursor.execute("SET LOCAL session_replication_role = origin")
    asked(client)

    bills = re.findall(r'<a href="/factures/([\d:-]+)/">', client.get("/invariants/I4/").content.decode())
    assert sorted(":" in it for it in bills) == [False, True]
    assert {client.get(f"/factures/{it}/").status_code for it in bills} == {200}


def test_a_code_that_no_invariant_has_is_absent(client_as: Callable[..., Client]) -> None:
    assert client_as(Role.AUDITOR).get("/invariants/I999/").status_code == 404


def test_who_may_not_verify_has_no_button(client_as: Callable[..., Client]) -> None:
    assert "Vérifier maintenant" not in client_as(Role.SERVICE).get("/invariants/").content.decode()


REPORTS = Path(invariants_of.__file__).parents[1]
# Where a code is said: the SQL of an invariant, and the three that are computed.
SAID = re.compile(
    r"(?:THEN|ELSE|SELECT)\s+'([a-z_]+)'|\"fault\": \"([a-z_]+)\"|else \"([a-z_]+)\"\}|yield \"([a-z_]+)\""
)


def codes(source: str) -> set[str]:
    return {"".join(it) for it in SAID.findall(source)}


def columns() -> set[str]:
    """The columns of the rows that break each invariant kept in SQL."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for path in REPORTS.glob("invariants/*.sql"):
            cursor.execute(f"SELECT * FROM ({invariants_of.query_of(path)}\n) none LIMIT 0", invariants_of.PARAMETERS)
            found |= {it.name for it in cursor.description}
    return found


def test_every_column_and_every_code_of_a_broken_invariant_has_its_words(client_as: Callable[..., Client]) -> None:
    doors = [Path(export_gl.__file__), Path(debits.__file__)]
    files = [*REPORTS.glob("invariants/*"), REPORTS / "rederivation.py", *doors]
    said = set().union(*(codes(it.read_text(encoding="utf-8")) for it in files if it.is_file()))

    assert {"hole", "due_on_another_day", "totals_differ", "second_export_differs"} <= said
    assert said - CODES.keys() == set()
    assert columns() - COLUMNS.keys() == set()
    assert codes("SELECT 'never_worded' AS fault") - CODES.keys() == {"never_worded"}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("fr", ["Échéance inscrite", "due un autre jour que celui de la loi", "31 décembre 2027"]),
        ("en", ["Due date entered", "due on another day than the law’s", "December 31, 2027"]),
    ],
)
def test_a_bill_due_on_another_day_is_told_in_words(
    client_as: Callable[..., Client], lang: str, said: list[str]
) -> None:
    client = client_as(Role.AUDITOR, lang=lang)
    with connection.cursor() as cursor:  # planted: a bill is due a year late, past every guard
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE billing_issue SET due_on = '2027-12-31' WHERE bill_id = "
                       "(SELECT max(bill_id) FROM billing_issue)")  # fmt: skip
        cursor.execute("SET LOCAL session_replication_role = origin")
    client.post("/invariants/verifier/")
    assert queue.work_once()

    text = client.get("/invariants/I26/").content.decode().replace("\xa0", " ")
    assert [it for it in said if it not in text] == []
    assert [it for it in ("due_on", "lawful", "2027-12-31", "bill_id") if it in text] == []
