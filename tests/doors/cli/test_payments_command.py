"""`fanal payments`: a file of payments is cashed whole and allocated, or refused by line and column."""

import re
from pathlib import Path

import pytest
from django.db import transaction
from factories import make_account, make_issued_bill, make_receipt
from mutations import data_lines, mutated

from fanal.records.ledger import facts as ledger
from fanal.records.payments import acts, facts

pytestmark = pytest.mark.django_db

HEADERS = "compte;date;montant;mode;reference"


def written(folder: Path, *rows: str) -> Path:
    file = folder / "encaisse.csv"
    file.write_text("\n".join([HEADERS, *rows]), "utf-8")
    return file


def number(account: int) -> str:
    return ledger.account_number(account)


def test_payments_are_cashed_and_pay_the_bills_and_the_same_file_again_adds_nothing(fanal, tmp_path):
    rose, paul = make_account(), make_account()
    make_issued_bill(rose, 100_000)
    file = written(tmp_path, f"{number(rose)};2026-01-10;1 234,56 $;comptoir;A-1",
                   f"{number(paul)[:3]} {number(paul)[3:6]} {number(paul)[6:]};2026-01-11;20.5;CHEQUE;A-2")  # fmt: skip
    status, out, _ = fanal("payments", file)
    said = out.replace("\u00a0", " ").splitlines()

    assert status == 0
    assert said[0] == "2 paiements inscrits, 1 255,06 $ ; 0 déjà là."
    assert said[1].startswith(f"  compte {number(rose)}, facture ")
    assert said[1].endswith(": 1 000,00 $")
    assert said[2] == "1 000,00 $ paient 1 facture ; 255,06 $ restent au crédit des comptes."
    assert (ledger.balance(rose), ledger.balance(paul)) == (-23_456, -2_050)

    assert fanal("payments", file)[1].startswith("0 paiement inscrit, 0,00\u00a0$ ; 2 déjà là.")
    assert (ledger.balance(rose), ledger.balance(paul)) == (-23_456, -2_050)


def test_every_fault_is_said_at_once_and_nothing_is_cashed(fanal, tmp_path):
    rose = make_account()
    make_receipt(rose, 500, reference="OLD")
    good, wrong_digit = number(rose), number(rose)[:-1] + str((int(number(rose)[-1]) + 1) % 10)
    rows = [f"{good};2026-01-10;10,00;comptoir;B-1", f"{wrong_digit};2026-01-10;10,00;comptoir;B-2",
            f"{ledger.account_number(999_999_998)};2026-01-10;10,00;comptoir;B-3", f"{good};2026-13-10;1,234.5;or;",
            f"{good};2026-01-10;10,00;comptoir;OLD",
            f"{good};2026-01-10;-10,00;comptoir;B-6", f"{good};2026-01-10;0;comptoir;B-7"]  # fmt: skip
    status, out, err = fanal("payments", written(tmp_path, *rows))

    assert (status, out, ledger.balance(rose)) == (1, "", -500)
    err = err.replace("\u00a0", " ")
    for said in (f"encaisse.csv, ligne 3, compte : Le numéro {wrong_digit} est mal tapé",
                 "ligne 4, compte : Le compte client", "ligne 5, date :", "ligne 5, montant : « 1,234.5 »",
                 "ligne 5, mode : « or » n’est pas", "ligne 5, reference : La case est vide.",
                 "ligne 6, reference : La référence OLD", "ligne 7, montant : « -10,00 »",
                 "ligne 8, montant : Un paiement de 0,00 $", "Rien n’est inscrit"):  # fmt: skip
        assert said in err, said


def test_a_payment_of_a_day_to_come_is_said_by_its_line(fanal, tmp_path):
    rose = make_account()
    rows = [f"{number(rose)};{day};10,00;comptoir;{day}" for day in ("2026-01-10", "2027-01-10")]
    status, _, err = fanal("payments", written(tmp_path, *rows))

    assert (status, ledger.balance(rose)) == (1, 0)
    assert "encaisse.csv, ligne 3, date : Le paiement est daté du 10 janvier 2027" in err.replace("\u00a0", " ")


def test_a_payment_that_the_bank_took_back_is_owed_again(fanal):
    rose = make_account()
    make_issued_bill(rose, 5_000)
    make_receipt(rose, 5_000, reference="C-1")
    call = ["payments", "--returned", "C-1", "--on", "2026-01-15", "--reason", "sans provision"]
    status, out, _ = fanal(*call)

    assert status == 0
    said = out.replace("\u00a0", " ")
    assert said == f"Le paiement C-1 de 50,00 $ est retourné ; le compte {number(rose)} doit 50,00 $.\n"
    assert "est déjà retourné" in fanal(*call)[2]
    assert "dans l’avenir" in fanal("payments", "--returned", "C-1", "--on", "2026-02-15", "--reason", "x")[2]
    assert "Aucun paiement" in fanal("payments", "--returned", "C-9", "--reason", "x")[2]
    assert fanal("payments", "--returned", "C-1")[0] == fanal("payments")[0] == 2


def survives(fanal, account: int, content: bytes, file: Path) -> bool:
    """Whether the command answers on that file, having cashed all its lines or none."""
    file.write_bytes(content)
    with transaction.atomic():
        status, out, err = fanal("payments", file)
        cashed = len(facts.receipts_of(account))
        transaction.set_rollback(True)
    said = [int(it) for it in re.findall(r"^(\d+) paiement.* (\d+) déjà là", out)[0]] if status == 0 else []
    return sum(said) == data_lines(content) if status == 0 else (cashed, bool(err)) == (0, True)


def good(account: int) -> bytes:
    rows = [f"{number(account)};2026-01-0{day};1 {day}00,50;comptoir;M-{day}" for day in range(1, 7)]
    return "\n".join([HEADERS, *rows]).encode()


def test_300_spoilt_files_are_cashed_whole_or_not_at_all_without_a_traceback(fanal, tmp_path):
    rose = make_account()
    assert all(survives(fanal, rose, it, tmp_path / "encaisse.csv") for it in mutated(good(rose), 300))


def test_an_importer_that_cashes_a_part_would_be_seen(fanal, tmp_path, monkeypatch):
    rose = make_account()
    honest = acts.record_receipts

    def leaky(*, receipts, **told):
        for it in receipts:
            honest(receipts=[it], **told)
        return []

    monkeypatch.setattr(acts, "record_receipts", leaky)
    monkeypatch.setattr("fanal.doors.cli.text.rehearsed", lambda act: act() or [])
    assert not all(survives(fanal, rose, it, tmp_path / "encaisse.csv") for it in mutated(good(rose), 60))
