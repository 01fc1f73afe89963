"""`fanal estimate`: by inventory, by test, by a figure; what was typed wrong is said and nothing is kept."""

from pathlib import Path

import pytest
from factories import make_place
from mutations import mutated

from fanal.doors.cli import main
from fanal.records.metering.models import Estimate

pytestmark = pytest.mark.django_db

PERIOD = ("--from", "2025-11-01", "--to", "2025-12-31")
HEADERS = "appareil;nombre;watts;heures"


@pytest.fixture
def point() -> str:
    return make_place().number


@pytest.mark.parametrize(
    ("means", "said", "kept"),
    [
        (["--kwh", "480", "--reason", "voisin pareil"], "480 kWh estimés", ("d", 1, 480_000)),
        (["--kw", "84,5", "--reason", "plaque du moteur"], "84,5 kW estimés", ("d", 2, 84_500)),
        (["--kwh-day", "12,5", "--tested-on", "2025-12-20"], "750 kWh estimés", ("c", 1, 750_000)),
    ],
)
def test_a_quantity_is_estimated_and_said_with_its_method(fanal, point, means, said, kept):
    status, out, _ = fanal("estimate", point, *PERIOD, *means)

    assert (status, out.replace("\u00a0", " ").startswith(said)) == (0, True)
    assert f"(art. 4.1.2 {kept[0]})" in out
    assert Estimate.objects.values_list("method", "kind", "quantity").get() == kept


def test_an_inventory_of_appliances_is_a_file(fanal, point, tmp_path):
    file = tmp_path / "appareils.csv"
    file.write_text(f"{HEADERS}\nplinthe;4;1000;2,5\nfrigo;1;150;8", "utf-8")
    status, out, _ = fanal("estimate", point, *PERIOD, "--appliances", file)

    assert (status, out.split(" ", 1)[0]) == (0, "672\u00a0kWh")
    assert Estimate.objects.get().inputs[1]["name"] == "plinthe"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--kwh", "480"], 2, "Donner --reason"),
        (["--kwh-day", "12"], 2, "--tested-on"),
        (["--kwh", "1e9", "--reason", "x"], 2, "n’est pas une quantité"),
        (["--kwh", "5", "--reason", "  "], 2, "Il faut un texte"),
        (["--kwh-day", "12", "--tested-on", "2027-01-01"], 1, "dans l’avenir"),
        (["--to", "2025-11-01", "--kwh", "5", "--reason", "x"], 1, "La période à estimer compte de 1 à"),
        (["--to", "9999-12-31", "--kwh", "5", "--reason", "x"], 1, "La période à estimer compte de 1 à"),
    ],
)
def test_what_is_typed_wrong_is_said_and_nothing_is_kept(fanal, point, arguments, status, said):
    answer = fanal("estimate", point, *PERIOD, *arguments)

    assert (answer[0], said in answer[2], Estimate.objects.count()) == (status, True, 0)


def test_an_unknown_point_is_said(fanal):
    assert (
        "Le point de livraison PL-X est inconnu." in fanal("estimate", "PL-X", *PERIOD, "--kwh", 5, "--reason", "x")[2]
    )


def test_a_wrong_appliance_is_said_by_line_and_column(fanal, point, tmp_path):
    file = tmp_path / "appareils.csv"
    file.write_text(f"{HEADERS}\nplinthe;0;1000;25\nfrigo;1;1,5;8", "utf-8")
    status, _, err = fanal("estimate", point, *PERIOD, "--appliances", file)

    assert status == 1
    for said in ("appareils.csv, ligne 2, nombre :", "ligne 2, heures :", "ligne 3, watts :"):
        assert said in err, said


def test_300_spoilt_inventories_are_kept_whole_or_not_at_all_without_a_traceback(fanal, point, tmp_path):
    content = "\n".join([HEADERS, *(f"appareil {it};{it};{it}00;{it},5" for it in range(1, 6))]).encode()
    file: Path = tmp_path / "appareils.csv"
    for it in mutated(content, 300):
        file.write_bytes(it)
        before = Estimate.objects.count()
        status = main(["estimate", point, *PERIOD, "--appliances", str(file), "--on", "2026-01-15"])
        assert (status, Estimate.objects.count() - before) in ((0, 1), (1, 0))


def test_a_register_that_has_a_name_is_estimated_apart(fanal, point):
    asked = ("--kwh", "120", "--register", "event", "--reason", "événements de l’hiver")
    assert fanal("estimate", point, *PERIOD, *asked)[0] == 0
    assert Estimate.objects.values_list("kind", "name", "quantity").get() == (1, "event", 120_000)
    status, _, err = fanal("estimate", point, *PERIOD, "--kwh", "120", "--register", "Été", "--reason", "x")
    assert (status, "n’est pas un nom de registre" in err) == (1, True)
    status, _, err = fanal(
        "estimate", point, *PERIOD, "--kwh-day", "4", "--tested-on", "2025-12-20", "--register", "event"
    )
    assert (status, "estiment tous les kWh seulement" in err) == (1, True)


def test_reactive_energy_is_estimated_by_a_figure(fanal, point):
    assert fanal("estimate", point, *PERIOD, "--kvarh", "50", "--reason", "plaque")[0] == 0
    assert Estimate.objects.values_list("kind", "name", "quantity").get() == (4, "total", 50_000)
