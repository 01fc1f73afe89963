"""The commands that look back: verify, ledger, export-gl."""

import json

import pytest
from django.db import connection

from fanal.doors.cli import main
from fanal.links.accounting import csv_export, sage50, totals
from fanal.records.billing.facts import bill_number
from fanal.reports import journal


@pytest.fixture(autouse=True)
def office_is_open(monkeypatch):
    for command in ("verify", "ledger", "export_gl", "bill", "explain"):
        monkeypatch.setattr(f"fanal.doors.cli.{command}.open_office", lambda: None)


def test_verify_prints_every_invariant_and_succeeds_on_a_healthy_town(town, capsys):
    assert main(["verify"]) == 0
    out = capsys.readouterr().out
    assert "✗" not in out
    assert "✓ I6 " in out
    assert "21 invariants vérifiés" in out


def test_verify_fails_and_shows_what_breaks_an_invariant(town, sql, capsys):
    sql("DELETE FROM notices_delivery")
    assert main(["verify", "--only", "I14"]) == 1
    out = capsys.readouterr().out
    assert "✗ I14" in out
    assert "fault = bill_without_order" in out
    assert "1 invariant est enfreint sur 1" in out


def test_verify_answers_in_json(town, sql, capsys):
    sql("DELETE FROM notices_delivery")
    assert main(["verify", "--only", "I14", "--only", "I1", "--json"]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert (first["code"], first["count"], second["code"], second["count"]) == ("I1", 0, "I14", 18)
    assert second["violations"][0]["fault"] == "bill_without_order"


def test_verify_lets_the_journal_keep_a_whole_check_by_somebody(town, capsys):
    assert main(["verify", "--by", "marie", "--only", "I1"]) == 2
    assert main(["verify"]) == 0
    assert journal.last_verification() is None
    assert main(["verify", "--by", "marie"]) == 0
    assert journal.last_verification().by == "marie"


def test_verify_refuses_an_unknown_code(town, capsys):
    assert main(["verify", "--only", "I99"]) == 2
    assert "« I99 »" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--trial-balance", "--on", "2026-09-04"], "Balance de vérification au 4 septembre 2026"),
        (["--receivables", "--on", "2026-09-04"], "Comptes à recevoir"),
        (["--aged", "--on", "2026-09-04"], "Plus de 90 j"),
        (["--revenue", "--from", "2026-01-01", "--to", "2027-01-01"], "hydro_quebec/M"),
        (["--taxes", "--from", "2026-01-01", "--to", "2027-01-01"], "TVQ à remettre"),
    ],
)
def test_ledger_prints_a_french_table_whose_lines_are_aligned(town, capsys, arguments, expected):
    assert main(["ledger", *arguments]) == 0
    out = capsys.readouterr().out
    assert expected in out
    widths = {len(line) for line in out.splitlines()[2:] if line.endswith("$")}
    assert len(widths) <= 2


def test_revenue_asks_for_its_period(capsys):
    assert main(["ledger", "--revenue"]) == 2
    assert "--from DATE --to DATE" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "codec"), [("csv", csv_export), ("sage50", sage50)])
def test_an_export_is_the_ledger_and_a_second_one_is_identical(town, sql, tmp_path, name, codec):
    call = ["export-gl", "--from", "2026-01-01", "--to", "2027-01-01", "--format", name, "--output"]
    assert main([*call, str(tmp_path / "a")]) == main([*call, str(tmp_path / "b")]) == 0
    content = (tmp_path / "a").read_bytes()
    assert content == (tmp_path / "b").read_bytes()
    (whole,) = sql("SELECT sum(debit_cents)::bigint, sum(credit_cents)::bigint FROM ledger_posting")
    assert totals(codec.decode(content)) == whole
    assert sorted(it.name for it in tmp_path.iterdir()) == ["a", "b"]


def test_an_account_is_written_under_the_municipality_s_own_number(town, tmp_path):
    file = tmp_path / "journal.txt"
    call = ["export-gl", "--from", "2026-03-01", "--to", "2026-04-01", "--format", "sage50", "--output", str(file)]
    assert main([*call, "--account", "1200=1205"]) == 0
    assert {line.account for entry in sage50.decode(file.read_bytes()) for line in entry.lines} >= {"1205", "1010"}
    assert b"\r\n1200," not in file.read_bytes()


def test_an_unbalanced_ledger_is_not_exported_and_the_former_file_stays(town, sql, tmp_path, capsys):
    file = tmp_path / "journal.csv"
    file.write_text("hier")
    sql("UPDATE ledger_posting SET debit_cents = debit_cents + 1 WHERE kind = 1 AND line = 1")
    call = ["export-gl", "--from", "2026-01-01", "--to", "2027-01-01", "--output", str(file)]
    assert main(call) == 1
    assert "n’est pas équilibrée" in capsys.readouterr().err
    assert file.read_text() == "hier"
    assert list(tmp_path.iterdir()) == [file]
    assert main(["verify", "--only", "I23", "--json"]) == 1


def test_an_empty_period_is_refused(tmp_path, capsys):
    call = ["export-gl", "--from", "2026-03-01", "--to", "2026-03-01", "--output", str(tmp_path / "a")]
    assert main(call) == 2


@pytest.mark.parametrize(("place", "said"), [("nulle/part.csv", "son dossier n’existe pas"), (".", "c’est un dossier")])
def test_a_file_that_cannot_be_written_is_said_in_french_by_its_own_name(town, tmp_path, capsys, place, said):
    file = tmp_path / place
    calls = [["export-gl", "--from", "2026-01-01", "--to", "2027-01-01", "--output", str(file)]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(number) FROM billing_issue")
        (number,) = cursor.fetchone()
    calls.append(["bill", bill_number(number), "--output", str(file)])
    for call in calls:
        assert main(call) == 1
        err = capsys.readouterr().err
        assert f"« {file} » ne s’écrit pas : {said}." in err
        assert "rrno" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["explain", "bill"])
def test_a_bill_that_a_shell_garbled_is_refused_in_characters_that_print(town, capsys, command):
    assert main([command, "\udcff"]) == 1
    assert "« · » n’est ni un numéro" in capsys.readouterr().err


def test_an_account_is_never_renamed_into_a_formula(tmp_path, capsys):
    call = ["export-gl", "--from", "2026-01-01", "--to", "2027-01-01", "--output", str(tmp_path / "a")]
    assert main([*call, "--account", "1200==1+1"]) == 2
    assert "1200=1205" in capsys.readouterr().err
