"""`fanal bill-run --recompute`, `fanal close-period`, `fanal books --check`, and the days that every command takes."""

from datetime import date
from pathlib import Path

import psycopg
import pytest
from billing import bill_of, compute
from django.db import connection
from factories import make_account, make_place, make_readings, make_subscription
from mutations import mutated

from fanal.doors.cli import main
from fanal.law.tariffs.shelf import PARAMETERS
from fanal.records.ledger import facts as ledger

MAY, JULY = date(2025, 5, 1), date(2025, 6, 30)


@pytest.mark.django_db
def test_a_bill_is_computed_again_once_its_reading_is_corrected(fanal):
    house = make_place(starts_on=MAY)
    subscription = make_subscription(point=house.point, starts_on=MAY)
    make_readings(house, [2_000], first_on=JULY)
    run = compute(JULY)
    assert fanal("reads", "--correct", house.number, "--meter", house.serial, "--date", JULY, "--index", "1500",
                 "--reason", "mal lu")[0] == 0  # fmt: skip
    status, out, _ = fanal("bill-run", "--on", JULY, "--cycle", 1, "--recompute", subscription)

    assert (status, out.startswith(f"Lot {run} ")) == (0, True)
    assert bill_of(run, subscription).kwh == 1_500_000


@pytest.mark.django_db
def test_a_period_is_closed_once_and_refuses_what_comes_after(fanal, tmp_path):
    call = ["close-period", "--by", "marie", "--through"]

    assert "n’est pas terminée" in fanal(*call, "2026-01-15")[2]
    assert fanal(*call, "2026-01-14")[:2] == (0, "La période comptable est fermée jusqu’au 14 janvier 2026 inclus.\n")
    assert "Une fermeture va déjà" in fanal(*call, "2026-01-14")[2]
    file = tmp_path / "encaisse.csv"
    row = f"{ledger.account_number(make_account())};2026-01-10;5,00;comptoir;Z"
    file.write_text(f"compte;date;montant;mode;reference\n{row}", "utf-8")
    assert "encaisse.csv : La période comptable est fermée" in fanal("payments", file, "--on", "2026-01-12")[2]


@pytest.mark.parametrize(
    "call",
    [("bill-run", "--on"), ("export-gl", "--from"), ("ledger", "--aged", "--on"), ("close-period", "--through"),
     ("reads", "--on"), ("payments", "--on"), ("estimate", "P", "--from")],
)  # fmt: skip
def test_a_day_typed_wrong_is_said_in_french(fanal, call):
    status, _, err = fanal(*call, "31/12/2025\udcff")

    assert (status, "« 31/12/2025· » n’est pas un jour du calendrier écrit comme 2026-01-12." in err) == (2, True)


def test_records_that_are_busy_are_said_in_one_sentence(own_database, fanal):
    told = {key: value for key, value in connection.get_connection_params().items()
            if key in ("host", "port", "user", "password", "dbname")}  # fmt: skip
    with psycopg.connect(**told) as other:
        other.execute("LOCK TABLE ledger_posting IN ACCESS EXCLUSIVE MODE")
        connection.cursor().execute("SET lock_timeout = '50ms'")
        status, out, err = fanal("close-period", "--by", "marie", "--through", "2025-12-31")
        other.rollback()

    assert (status, out) == (1, "")
    assert err.startswith("Un autre travail tient ces données : rien de plus n’est inscrit.")


def copied(folder: Path) -> Path:
    """A book of this name in a folder of this name, to spoil."""
    path = folder / "hydro_quebec" / "D.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((PARAMETERS / "hydro_quebec" / "D.toml").read_bytes())
    return path


def test_a_good_book_is_said_to_be(fanal, tmp_path):
    status, out, _ = fanal("books", "--check", copied(tmp_path))
    assert (status, out.startswith("Livre valable : hydro_quebec/D")) == (0, True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("price = ", "prix = ", "clé"),
        ('kind = "tariff"', 'kind = "tariff', "TOML illisible"),
        ('code = "hydro_quebec/D"', 'code = "hydro_quebec/E"', "code : « hydro_quebec/E »"),
        ('cent = "0.01"', "cent = " + "9" * 6_000, "fichier : un nombre ne se lit pas"),
        ('cent = "0.01"', "cent = 1e99999999999999999999", "fichier : un nombre ne se lit pas"),
    ],
)
def test_a_book_with_a_fault_is_refused_by_file_key_and_reason(fanal, tmp_path, old, new, said):
    path = copied(tmp_path)
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")
    status, out, err = fanal("books", "--check", path)

    assert (status, out) == (1, "")
    assert said in err
    assert fanal("books", "--check", tmp_path / "rien.toml")[0] == 1


def test_100_spoilt_books_are_checked_without_a_traceback(tmp_path):
    path = copied(tmp_path)
    for it in mutated(path.read_bytes(), 100):
        path.write_bytes(it)
        assert main(["books", "--check", str(path)]) in (0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("later", [("--on", "2026-01-16"), ("--on", "2026-01-14", "--dated", "2027-01-14")])
def test_a_run_of_tomorrow_is_refused_with_the_day_of_the_office(fanal, later):
    status, _, said = fanal("bill-run", *later, "--cycle", 1)

    assert status == 1
    assert "est dans l’avenir : le bureau est au 15 janvier 2026." in said


@pytest.mark.parametrize("odd", ["x" * 200, "\udcff\udcfe", "\u200b", ""])
@pytest.mark.parametrize("option", ["--by", "--reason"])
def test_a_name_or_a_reason_that_nobody_can_read_is_refused_at_the_call(fanal, option, odd):
    status, _, said = fanal("bill-run", "--on", "2026-01-14", "--abandon", option, odd)

    assert status == 2
    assert "texte" in said
