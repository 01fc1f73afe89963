"""The page of a reconciliation: the last one that the journal kept, asked for again, and on paper."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from fanal.doors.desk.roles import Role
from fanal.doors.jobs import queue
from fanal.records.journal import acts as journal
from fanal.records.takeover.models import Export
from fanal.reports import reconciliation as report
from fanal.reports.reconciliation import AccountDifference, Check, Reconciliation, Side, Waiting

ON, ADDRESS = date(2026, 11, 16), "/reprise/rapprochement/"


def loaded(*, green: bool = False, kept: bool = True) -> int:
    """An export that was loaded and, when wanted, reconciled with one red account; its id."""
    made = Export.objects.create(
        town="Val-des-Pins", as_of=date(2026, 10, 31), digest="a" * 64, mapping_digest="b" * 64, directory="d",
        state="LOADED", staged_by="marie", staged_on=ON, loaded_by="marie", loaded_on=ON,
    )  # fmt: skip
    export = report.last_loaded()
    assert export is not None
    checks = (
        Check("money", "PAIEMENTS IMPUTES", "cents", Side(3, 3_000), Side(2, 2_000), Side(), to_read=Side(1, 1_000)),
        Check("accounts", "COMPTES DEBITEURS", "cents", Side(1, 500), Side(1, 500 if green else 501), Side()),
        Check("energy", "KWH FACTURES 2026", "kwh", Side(2, 1_200), Side(2, 1_200), Side()),
        Check("files", "reseau.gpkg:rues", "rows", Side(72), Side(72 if green else 0), Side(), known=green),
    )  # fmt: skip
    rows = ({"file": "paiements.txt", "line": 4, "code": "TRUNCATED_LINE"},)
    found = Reconciliation(
        export, checks, 2, 1, 0 if green else 1,
        (AccountDifference("1000002", 0, 1_000, ("balance",), rows, green),),
        (Waiting("paiements.txt", "payments", "TRUNCATED_LINE", "REFUSED", 1, 4),),
    )  # fmt: skip
    if kept:
        journal.record(report.MADE, about=f"export:{made.pk}", by="marie", on=ON, grounds=report.kept(found))
    return made.pk


def read(client: Client) -> str:
    return client.get(ADDRESS).content.decode().replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("fr", ("sans explication", "égal", "pas comparé", "d’une ligne illisible", "Dernière ligne tronquée")),
        ("en", ("unexplained", "same", "not compared", "of an unreadable row", "Truncated last line")),
    ],
)
def test_each_total_has_its_verdict(client_as: Callable[..., Client], lang: str, told: tuple[str, ...]) -> None:
    loaded()

    page = read(client_as(Role.AUDITOR, lang=lang))

    assert [it for it in (*told, "PAIEMENTS IMPUTES", "1000002", "paiements.txt") if it not in page] == []


def test_it_takes_few_queries(client_as: Callable[..., Client], few_queries: Callable[..., Any]) -> None:
    loaded(green=True)

    page = few_queries(client_as(Role.TREASURER), ADDRESS).content.decode()

    assert "Aucun écart" in page


def test_nothing_loaded_and_nothing_reconciled_are_said(client_as: Callable[..., Client]) -> None:
    client = client_as(Role.BILLING)

    assert "Rien à rapprocher" in read(client)
    assert client.get(ADDRESS + "rapprochement.pdf").status_code == 302  # the page says what comes first
    loaded(kept=False)
    assert "Pas encore rapprochée" in read(client)


def test_asking_for_it_gives_the_worker_one_job(client_as: Callable[..., Client]) -> None:
    export_id, client = loaded(kept=False), client_as(Role.BILLING)

    answers = [client.post(ADDRESS + "faire/") for _again in range(2)]

    assert [it.status_code for it in answers] == [302, 302]
    job = queue.last_job(kind=queue.RECONCILE, subject=export_id)
    assert job is not None
    assert job.is_live


def test_it_is_had_on_paper(client_as: Callable[..., Client]) -> None:
    loaded()

    assert client_as(Role.AUDITOR).get(ADDRESS + "rapprochement.pdf").content.startswith(b"%PDF")


def test_the_page_is_accessible(own_town: str, page_as: Callable[..., Page], accessible: Callable[..., None]) -> None:
    loaded()

    accessible(page_as(Role.AUDITOR), ADDRESS)
