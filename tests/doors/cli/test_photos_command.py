"""`fanal photos`: a folder of photos is joined to its readings whole, or each fault is said by file and none is."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from factories import CLERK, Place, make_picture, make_place, typed

from fanal.records.metering import acts, facts
from fanal.records.metering.acts import RegisterKind

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 1)
Fanal = Callable[..., tuple[int, str, str]]


def read(*kinds: RegisterKind) -> Place:
    place = make_place(*kinds)
    acts.record_readings(readings=[typed(place, 500, DAY, kind=kind) for kind in place.registers], **CLERK)
    return place


def put(folder: Path, name: str, content: bytes | None = None) -> None:
    (folder / name).write_bytes(make_picture().content if content is None else content)


def kept(place: Place, kind: RegisterKind = RegisterKind.KWH) -> int:
    return len(facts.photos_of(place.point, place.registers[kind], DAY))


def test_the_photos_of_a_folder_are_joined_and_the_same_folder_again_adds_nothing(fanal: Fanal, tmp_path: Path) -> None:
    house, shop = read(), read(RegisterKind.KWH, RegisterKind.KW)
    put(tmp_path, f"{house.serial}_{DAY}.jpg")
    put(tmp_path, f"{house.serial}_{DAY}_2.jpg", make_picture(40).content)
    put(tmp_path, f"{shop.serial}_{DAY}_kW.JPG")
    put(tmp_path, ".DS_Store", b"Finder")

    assert fanal("photos", tmp_path)[:2] == (0, "3 photos jointes à leurs relèves, 0 déjà là.\n")
    assert fanal("photos", tmp_path)[:2] == (0, "0 photo jointe à sa relève, 3 déjà là.\n")
    assert (kept(house), kept(shop), kept(shop, RegisterKind.KW)) == (2, 0, 1)


def test_each_fault_is_said_with_its_file_and_nothing_is_half_accepted(fanal: Fanal, tmp_path: Path) -> None:
    house = read()
    put(tmp_path, f"{house.serial}_{DAY}.jpg")
    put(tmp_path, f"{house.serial}_2025-06-02.jpg")
    put(tmp_path, f"inconnu_{DAY}.jpg")
    put(tmp_path, "IMG_2041.jpg")
    put(tmp_path, f"{house.serial}_{DAY}_3.png", b"<script>alert(1)</script>")
    (tmp_path / f"{house.serial}_{DAY}_4.jpg").mkdir()

    status, out, said = fanal("photos", tmp_path)

    assert (status, out) == (1, "")
    for name, reason in (
        (f"{house.serial}_2025-06-02.jpg", "Aucune relève des kWh"),
        (f"inconnu_{DAY}.jpg", "Le compteur inconnu est inconnu"),
        ("IMG_2041.jpg", "Le nom n’est pas de la forme"),
        (f"{house.serial}_{DAY}_3.png", "Ce n’est pas une photo"),
        (f"{house.serial}_{DAY}_4.jpg", "est un dossier"),
    ):
        assert f"{name} : {reason}" in said or f"{name} : Ce fichier {reason}" in said
    assert said.splitlines()[-1] == "Aucune photo n’est jointe : tout ou rien."
    assert f"{house.serial}_{DAY}.jpg :" not in said
    assert kept(house) == 0


@pytest.mark.parametrize(("make", "said"), [(False, "ne se lit pas"), (True, "est vide")])
def test_a_folder_without_photos_is_said_so(make: bool, said: str, fanal: Fanal, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    if make:
        folder.mkdir()

    status, _out, told = fanal("photos", folder)

    assert (status, said in told) == (1, True)
