"""What the old system counted of itself, against what was loaded: each difference has its rows, or it is red."""

import json
from typing import Any

import pytest
from django.db import connection
from towns import Town, small_town

from fanal.doors.cli import main
from fanal.doors.migration import reconciling
from fanal.doors.migration.printed import printed, reconciliation_pdf
from fanal.records.elsewhere import acts as elsewhere
from fanal.records.elsewhere import deposits
from fanal.records.ledger.facts import Chart
from fanal.reports import reconciliation
from fanal.reports.reconciliation import Check, Reconciliation, Side, Verdict
from tests.doors.migration.conftest import HEADING, ON, Taken

pytestmark = pytest.mark.django_db
TOTALS = (
    ("COMPTES DEBITEURS", 0, "0,00"), ("COMPTES CREDITEURS", 0, "0,00"), ("COMPTES A SOLDE NUL", 2, "0,00"),
    ("COMPTES A RECEVOIR NET", 2, "0,00"), ("FACTURATION CUMULATIVE", 2, "162,22"),
    ("  DONT NET AVANT TAXES", 2, "141,08"),
    ("  DONT TPS", 2, "7,06"), ("  DONT TVQ", 2, "14,08"), ("FACTURATION 2026", 2, "162,22"),
    ("PAIEMENTS IMPUTES", 2, "162,22"), ("PAIEMENTS NON IMPUTES", 0, "0,00"), ("ECRITURES FRA", 0, "0,00"),
    ("DEPOTS DETENUS", 0, "0,00"), ("ESTIMATIONS OUVERTES", 0, "0,00"),
)  # fmt: skip
FILES = {"clients.txt": 2, "abonnements.txt": 2, "paiements.txt": 2, "factures.txt (E)": 2, "factures.txt (L)": 4}


def control(*, totals: dict[str, tuple[int, str]] | None = None, files: dict[str, int] | None = None,
            accounts: dict[str, str] | None = None) -> list[str]:  # fmt: skip
    """The control file of the small town, but for what is told."""
    told = {label: (count, amount) for label, count, amount in TOTALS} | (totals or {})
    owed = {"1000001": "0,00", "1000002": "0,00"} | (accounts or {})
    lines = [
        HEADING,
        *(f"N{name:<32}{rows:>10}" for name, rows in (FILES | (files or {})).items()),
        *(f"T{label:<44}{count:>8}{amount:>18}" for label, (count, amount) in told.items()),
        f"K{'KWH FACTURES 2026':<44}{2:>8}{1200:>18}",
        *(f"S{number}{cents:>13} {'26000000' + number[-1]:<9} 20261005 {'81,11':>12}  "
          for number, cents in owed.items()),
    ]  # fmt: skip
    return [*lines, f"Z{len(lines) + 1:>10}"]


def reconciled() -> Reconciliation:
    export = reconciliation.last_loaded()
    assert export is not None
    return reconciliation.reconcile(export.id)


def check(found: Reconciliation, label: str) -> Check:
    [it] = [it for it in found.checks if it.label == label]
    return it


def test_a_town_that_was_loaded_whole_is_green_and_every_total_the_same(take_over: Taken) -> None:
    town = small_town()
    town.control = control()
    take_over(town)

    found = reconciled()

    assert {it.label for it in found.checks if it.verdict != Verdict.SAME} == set()
    assert len(found.checks) == len(TOTALS) + len(FILES) + 4
    assert (found.is_green, found.accounts, found.differing) == (True, 2, 0)


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("COMPTES A RECEVOIR NET", (2, "0,01")), ("FACTURATION 2026", (3, "162,22")),
        ("PAIEMENTS IMPUTES", (2, "162,21")), ("DEPOTS DETENUS", (1, "50,00")), ("ESTIMATIONS OUVERTES", (1, "81,11")),
    ],
)  # fmt: skip
def test_a_cent_or_a_row_that_nothing_explains_is_red(take_over: Taken, label: str, told: tuple[int, str]) -> None:
    town = small_town()
    town.control = control(totals={label: told})
    take_over(town)

    found = reconciled()

    assert [it.label for it in found.checks if it.verdict == Verdict.RED] == [label]
    assert not found.is_green


def test_an_account_on_which_both_differ_is_red_and_named(take_over: Taken) -> None:
    town = small_town()
    town.control = control(accounts={"1000002": "12,00"})
    take_over(town)

    found = reconciled()

    [difference] = found.differences
    assert (difference.number, difference.theirs_cents, difference.ours_cents) == ("1000002", 1_200, 0)
    assert (difference.what, difference.explained, found.is_green) == (("balance",), False, False)


def test_a_payment_of_an_unknown_account_explains_its_part_of_the_totals(take_over: Taken) -> None:
    town = small_town()
    town.add("payments", {"number": "99", "account": "7777777", "received_on": "2026-10-21", "amount": "10,00"})
    town.control = control(files={"paiements.txt": 3}, totals={"PAIEMENTS NON IMPUTES": (1, "10,00")})
    take_over(town)

    found = reconciled()

    assert check(found, "PAIEMENTS NON IMPUTES").verdict == Verdict.EXPLAINED
    assert check(found, "paiements.txt").verdict == Verdict.EXPLAINED
    assert [(it.file, it.code, it.count) for it in found.waiting] == [("paiements.txt", "ORPHAN_PAYMENT", 1)]
    assert found.is_green


def test_an_account_that_waits_explains_what_it_owed(take_over: Taken) -> None:
    town = _with_a_second_subscription()
    take_over(town)

    found = reconciled()

    [difference] = found.differences
    assert (difference.number, difference.ours_cents, difference.explained) == ("1000009", None, True)
    assert {it["code"] for it in difference.rows} == {"OVERLAPPING_SUBSCRIPTIONS", "NAMES_NOTHING_LOADED"}
    assert check(found, "COMPTES DEBITEURS").verdict == Verdict.EXPLAINED
    assert found.is_green


def _with_a_second_subscription() -> Town:
    """Another account on days that are taken, which owes a fee."""
    town = small_town()
    town.add("subscriptions", town.rows["subscriptions"][0] | {"number": "1000009", "starts_on": "2026-10-15"})
    town.add("entries", {"number": "1", "account": "1000009", "entered_on": "2026-10-28", "code": "FRA",
                         "amount": "25,00"})  # fmt: skip
    town.control = control(
        files={"abonnements.txt": 3},
        totals={"COMPTES DEBITEURS": (1, "25,00"), "COMPTES A RECEVOIR NET": (3, "25,00"),
                "ECRITURES FRA": (1, "25,00")},
    )  # fmt: skip
    town.control[-1:] = [f"S1000009{'25,00':>13} {'':<9} {'':<8} {'':>12}  ", f"Z{len(town.control) + 1:>10}"]
    return town


def test_a_line_cut_short_explains_the_account_that_it_names(take_over: Taken, tmp_path: Any) -> None:
    town = small_town()
    town.control = control()
    folder = tmp_path / "export-1"
    town.write(folder)
    whole = (folder / "paiements.txt").read_bytes()
    (folder / "paiements.txt").write_bytes(whole[: whole.rindex(b"1000002") + 12])
    _load(folder)

    found = reconciled()

    assert check(found, "PAIEMENTS IMPUTES").verdict == Verdict.EXPLAINED
    [difference] = found.differences
    assert (difference.number, difference.explained) == ("1000002", True)
    assert [it["code"] for it in difference.rows] == ["TRUNCATED_LINE"]
    assert found.is_green


def _load(folder: Any) -> None:
    from fanal.doors.migration import intake
    from fanal.records.takeover.loading import whole

    mapping = intake.read_mapping()
    export_id = intake.take_in(folder=folder, mapping=mapping, by="marie", on=ON).export_id
    whole.load_export(export_id=export_id, books=mapping.books, by="marie", on=ON)


def test_a_total_that_nothing_here_answers_is_said_and_is_not_green(take_over: Taken) -> None:
    town = small_town()
    town.control = control(totals={"LUMINAIRES DE RUE": (3, "4,00")})
    take_over(town)

    found = reconciled()

    assert check(found, "LUMINAIRES DE RUE").verdict == Verdict.UNKNOWN
    assert not found.is_green


def test_a_file_or_a_layer_of_the_map_that_is_absent_is_red(take_over: Taken) -> None:
    town = small_town()
    town.control = control(files={"photos.txt": 264, "reseau.gpkg:rues": 72})
    take_over(town)

    assert [it.label for it in reconciled().checks if it.verdict == Verdict.RED] == ["photos.txt", "reseau.gpkg:rues"]


@pytest.mark.parametrize("kept", [1, 5, -3, -1])
def test_a_control_file_that_is_absent_or_cut_is_not_green(take_over: Taken, kept: int) -> None:
    town = small_town()
    town.control = control()[:kept]
    take_over(town)

    assert not reconciled().is_green


def test_a_total_that_the_old_system_does_not_state_is_that_of_what_it_handed_over(
    take_over: Taken,
) -> None:
    town = small_town()
    town.add("deposits", {"number": "D1", "account": "1000002", "received_on": "2020-01-01", "amount": "250,00",
                          "reason": "DEM", "status": "D"})  # fmt: skip
    town.control = [it for it in control() if not it.startswith(("T", "K", "Z"))]
    town.control.append(f"Z{len(town.control) + 1:>10}")
    take_over(town)
    labels = [f"{it}, selon ce qui est reçu" for it in ("Factures", "Paiements", "Dépôts détenus", "Solde des comptes")]

    before = reconciled()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"DELETE FROM elsewhere_opening WHERE ledger_account_id = {Chart.DEPOSITS.value}")
    after = reconciled()

    assert [check(before, it).verdict for it in labels] == [Verdict.SAME] * 4
    assert check(before, labels[2]).ours == Side(1, 25_000)
    assert [check(after, it).verdict for it in labels] == [Verdict.SAME, Verdict.SAME, Verdict.RED, Verdict.SAME]


def test_our_accounts_that_the_control_file_does_not_name_are_red(take_over: Taken) -> None:
    town = small_town()
    town.control = [it for it in control() if not it.startswith(("S1000002", "Z"))]
    town.control.append(f"Z{len(town.control) + 1:>10}")
    take_over(town)

    [difference] = reconciled().differences
    assert (difference.number, difference.what, difference.explained) == ("1000002", ("unstated",), False)


@pytest.mark.parametrize(("ours", "theirs"), [("20261005", "20261006"), ("81,11", "81,10")])
def test_the_day_and_the_total_of_the_last_bill_are_compared(take_over: Taken, ours: str, theirs: str) -> None:
    town = small_town()
    town.control = [it.replace(ours, theirs) if it.startswith("S1000002") else it for it in control()]
    take_over(town)

    [difference] = reconciled().differences
    assert (difference.number, difference.what, difference.explained) == ("1000002", ("last_bill",), False)


@pytest.mark.parametrize(
    "changed", [{"totals": {"PAIEMENTS IMPUTES": (2, "5162,22")}}, {"accounts": {"1000002": "9000,00"}}]
)
def test_an_unreadable_line_explains_only_what_account_and_total_both_lack(
    take_over: Taken, tmp_path: Any, changed: dict[str, Any]
) -> None:
    town = small_town()
    town.control = control(**changed)
    folder = tmp_path / "export-1"
    town.write(folder)
    whole = (folder / "paiements.txt").read_bytes()
    (folder / "paiements.txt").write_bytes(whole[: whole.rindex(b"1000002") + 12])
    _load(folder)

    found = reconciled()

    assert check(found, "PAIEMENTS IMPUTES").verdict == Verdict.RED
    assert [it.explained for it in found.differences] == [False]


def test_the_journal_keeps_all_of_a_reconciliation(take_over: Taken) -> None:
    take_over(_with_a_second_subscription())
    export = reconciliation.last_loaded()
    assert export is not None

    made = reconciling.reconcile(export_id=export.id, by="marie", on=ON)

    found = reconciliation.last(export)
    assert found is not None
    event, kept = found
    assert (event.by, kept) == ("marie", made)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_is_printed_with_its_verdicts(take_over: Taken, lang: Any) -> None:
    take_over(_with_a_second_subscription())

    assert reconciliation_pdf(reconciled(), on=ON, lang=lang).startswith(b"%PDF")


def test_the_command_says_how_it_went(
    take_over: Taken, tmp_path: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fanal.doors.cli.reconcile.open_office", lambda: None)
    assert main(["reconcile"]) == 2
    assert "rien à réconcilier" in capsys.readouterr().err

    town = small_town()
    town.control = control(accounts={"1000002": "12,00"})
    take_over(town)

    assert main(["reconcile", "--pdf", str(tmp_path / "r.pdf")]) == 1
    out = capsys.readouterr().out
    assert "✗ 1000002 : 12,00" in out
    assert "sans explication" in out
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
    for nowhere in (tmp_path, tmp_path / "nulle" / "r.pdf"):
        assert main(["reconcile", "--pdf", str(nowhere)]) == 1
        assert "ne s’écrit pas" in capsys.readouterr().err
    assert main(["reconcile", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["green"] is False


def _broken_bills(take_over: Taken, tmp_path: Any, kept: int, *, of: str = "1000002", **changed: Any) -> None:
    """The small town, but of the bill of that account only the first signs are left, and its payment never was."""
    town = small_town()
    town.rows["payments"] = [it for it in town.rows["payments"] if it["account"] != of]
    owed = {of: "81,11"} | changed.pop("accounts", {})
    totals = {
        "PAIEMENTS IMPUTES": (1, "81,11"), "COMPTES DEBITEURS": (1, "81,11"), "COMPTES A SOLDE NUL": (1, "0,00"),
        "COMPTES A RECEVOIR NET": (2, "81,11"),
    }  # fmt: skip
    town.control = control(files={"paiements.txt": 1}, totals=totals | changed.pop("totals", {}), accounts=owed)
    town.bills = [it for it in town.bills if not it.startswith(f"L26000000{of[-1]}")]
    town.control = [it.replace(f"{4:>10}", f"{2:>10}") if "(L)" in it else it for it in town.control]
    [broken] = [it for it in town.bills if it.startswith("E") and of in it]
    town.bills = [it for it in town.bills if it != broken] + [broken[:kept]]
    folder = tmp_path / "export-1"
    town.write(folder)
    whole = (folder / "factures.txt").read_bytes()
    (folder / "factures.txt").write_bytes(whole.rstrip(b"\r\n"))
    _load(folder)


@pytest.mark.parametrize("kept", [66, 90, 105])
def test_a_bill_cut_short_explains_all_that_it_feeds(take_over: Taken, tmp_path: Any, kept: int) -> None:
    _broken_bills(take_over, tmp_path, kept)

    found = reconciled()

    [difference] = found.differences
    assert (difference.number, difference.what) == ("1000002", ("balance", "last_bill"))
    assert difference.to_read_cents == 8_111
    assert {it.label: it.verdict for it in found.checks if it.verdict == Verdict.RED} == {}
    fed = {"FACTURATION CUMULATIVE", "DONT NET AVANT TAXES", "DONT TPS", "DONT TVQ", "FACTURATION 2026",
           "KWH FACTURES 2026", "factures.txt (E)", "COMPTES DEBITEURS", "COMPTES A SOLDE NUL",
           "COMPTES A RECEVOIR NET"}  # fmt: skip
    assert {it.label for it in found.checks if it.verdict == Verdict.EXPLAINED} == fed
    assert found.is_green


@pytest.mark.parametrize(
    ("changed", "red"),
    [
        ({"totals": {"FACTURATION 2026": (2, "162,23")}}, "FACTURATION 2026"),
        ({"totals": {"  DONT TPS": (2, "7,07")}}, "DONT TPS"),
        ({"totals": {"FACTURATION CUMULATIVE": (3, "162,22")}}, "FACTURATION CUMULATIVE"),
        ({"accounts": {"1000002": "81,12"}}, "FACTURATION CUMULATIVE"),
    ],
)
def test_a_bill_cut_short_explains_nothing_where_one_amount_is_not_the_same(
    take_over: Taken, tmp_path: Any, changed: dict[str, Any], red: str
) -> None:
    _broken_bills(take_over, tmp_path, 90, **changed)

    found = reconciled()

    assert check(found, red).verdict == Verdict.RED
    assert [it.explained for it in found.differences] == [False]


def test_kwh_that_cannot_be_read_stay_red(take_over: Taken, tmp_path: Any) -> None:
    _broken_bills(take_over, tmp_path, 60)

    assert [it.label for it in reconciled().checks if it.verdict == Verdict.RED] == ["KWH FACTURES 2026"]


@pytest.mark.parametrize("cell", ["number", "amount"])
def test_a_number_that_looks_like_an_account_in_another_cell_names_no_account(
    take_over: Taken, tmp_path: Any, cell: str
) -> None:
    town = small_town()
    town.control = control()
    town.rows["payments"][1] |= {"account": "9" if cell == "amount" else "", "number": "1000002"}
    folder = tmp_path / "export-1"
    town.write(folder)
    whole = (folder / "paiements.txt").read_bytes()
    (folder / "paiements.txt").write_bytes(whole[: whole.rindex(b"1000002") + 16])
    _load(folder)

    found = reconciled()

    assert check(found, "PAIEMENTS IMPUTES").verdict == Verdict.RED
    assert [(it.number, it.explained) for it in found.differences] == [("1000002", False)]


def test_a_payment_that_waits_does_not_explain_a_last_bill(take_over: Taken) -> None:
    town = small_town()
    town.rows["payments"][1]["amount"] = "8x,11"
    town.control = [it.replace("260000002 20261005", "260000009 20261005") for it in control()]
    take_over(town)

    [difference] = reconciled().differences
    assert "last_bill" in difference.what
    assert not difference.explained


def test_no_code_is_printed_raw_in_either_language(
    take_over: Taken, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fanal.doors.cli.reconcile.open_office", lambda: None)
    take_over(_with_a_second_subscription())

    assert main(["reconcile"]) == 0
    out = capsys.readouterr().out
    assert "« " in out
    assert "SUBSCRIBED_TWICE" not in out
    assert "NAMES_NOTHING_LOADED" not in out
    for lang, heading in (("fr", "ligne"), ("en", "line")):
        [told] = [it for it in printed(reconciled(), on=ON, lang=lang).tables if it.rows and "1000009" in it.rows[0]]
        assert heading in told.rows[0][1]
        assert "_" not in told.rows[0][1]


def test_deposits_held_are_compared_as_they_were_taken_over_whatever_went_back_here(take_over: Taken) -> None:
    town = small_town()
    town.add("deposits", {"account": "1000001", "number": "D1", "received_on": "2020-01-01", "amount": "250,00",
                          "reason": "DEM", "status": "D"})  # fmt: skip
    town.control = control(totals={"DEPOTS DETENUS": (1, "250,00")})
    take_over(town)
    elsewhere.switch_cycles(cycles=[1], by="marie", on=ON)
    [held] = deposits.held(ON)
    back = deposits.Return(account_id=held.account_id, number="D1", note="essai")
    deposits.return_deposits(asked=[back], by="marie", on=ON)

    told = check(reconciled(), "DEPOTS DETENUS")

    assert (told.theirs, told.ours, told.verdict) == (Side(1, 25_000), Side(1, 25_000), Verdict.SAME)
