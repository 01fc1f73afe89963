"""The invariants: the last check, the rows that break one, a check asked for now."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client

from fanal.doors.desk.roles import Role
from fanal.doors.jobs import queue
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
    assert "not_zero" in rows
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
