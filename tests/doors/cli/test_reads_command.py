"""`fanal reads`: a file of reads is recorded whole, or its faults are said by line and column and nothing is."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from factories import Place, make_place, make_readings
from mutations import data_lines, mutated

from fanal.records.metering import acts, facts

pytestmark = pytest.mark.django_db

MAY, DAY = date(2025, 5, 1), "2026-01-10"
HEADERS = "point;compteur;registre;date;index;source"


def lines(place: Place, *indexes: object, on: str = DAY) -> list[str]:
    return [f"{place.number};{place.serial};kWh;{on};{index};employé" for index in indexes]


def written(folder: Path, *rows: str, headers: str = HEADERS, encoding: str = "utf-8", end: str = "\n") -> Path:
    file = folder / "relèves.csv"
    file.write_bytes((end.join([headers, *rows]) + end).encode(encoding))
    return file


def kept(place: Place) -> list[int]:
    """Every reading there since the pose."""
    return [it.value // 1000 for it in facts.readings_of(place.point)][1:]


def test_reads_are_recorded_and_the_same_file_again_adds_nothing(fanal, tmp_path):
    house, shop = make_place(), make_place()
    file = written(tmp_path, *lines(house, "120"), *lines(shop, "84,5"))

    assert fanal("reads", file)[:2] == (0, "2 relèves inscrites, 0 déjà là, 0 refusée.\n")
    assert fanal("reads", file)[:2] == (0, "0 relève inscrite, 2 déjà là, 0 refusée.\n")
    assert (kept(house), kept(shop)) == ([120], [84])


@pytest.mark.parametrize(("encoding", "end"), [("utf-8-sig", "\r\n"), ("cp1252", "\r\n"), ("utf-8", "\n\n;;;;;\n")])
def test_what_spreadsheets_write_is_read(fanal, tmp_path, encoding, end):
    house = make_place()
    rows = [
        f"{DAY};300;CLIENT;{house.number};{house.serial}",
        f'2026-01-12;310;"Télérelève";{house.number};{house.serial}',
    ]
    file = written(tmp_path, *rows, headers="Date;Index;Source;POINT;Compteur", encoding=encoding, end=end)

    assert fanal("reads", file)[0] == 0
    assert [it.source.label for it in facts.readings_of(house.point)][1:] == ["client", "télérelève"]


def test_commas_separate_and_a_quoted_comma_is_a_decimal_mark(fanal, tmp_path):
    house = make_place()
    file = written(tmp_path, f'{house.number},{house.serial},{DAY},"12,5"', headers="point,compteur,date,index")

    assert fanal("reads", file)[0] == 0
    assert facts.readings_of(house.point)[-1].value == 12_500


def test_every_fault_is_said_at_once_by_file_line_and_column_and_nothing_is_recorded(fanal, tmp_path):
    house, shop = make_place(), make_place()
    before = f"{house.number};{house.serial};kWh;2020-01-01;5;employé"
    rows = [*lines(house, "120", "1l7", "123456", "-5"), *lines(house, "130", on="2027-01-10"), before,
            f"{shop.number};{house.serial};kWh;{DAY};7;employé", f"{house.number};{house.serial};kVA;{DAY};7;employé",
            f"PL-0;{house.serial};kWh;{DAY};7;employé", f"{house.number};X;kWh;31/12/2025;７;facteur"]  # fmt: skip
    status, out, err = fanal("reads", written(tmp_path, *rows))

    assert (status, out, kept(house), kept(shop)) == (1, "", [], [])
    for said in ("relèves.csv, ligne 3, index : L’index lu est « 1l7 »", "ligne 4, index : L’index 123456 a 6 chiffres",
                 "ligne 5, index : L’index lu est -5", "ligne 6, date : La relève est datée du 10 janvier 2027",
                 "ligne 7, date : La relève est datée du 1er janvier 2020",
                 "ligne 8, compteur : Le compteur", "ligne 9, registre : Le compteur",
                 "ligne 10, point : Le point de livraison PL-0 est inconnu.",
                 "ligne 11, date : « 31/12/2025 » n’est pas un jour", "ligne 11, source : « facteur » n’est pas",
                 "Rien n’est inscrit."):  # fmt: skip
        assert said in err.replace("\u00a0", " "), said


def test_with_keep_good_the_good_lines_are_kept_and_the_others_set_aside_to_be_put_right(fanal, tmp_path):
    house = make_place()
    file = written(tmp_path, *lines(house, "120"), *lines(house, "1x", on="2026-01-11"), "a;b", encoding="cp1252")
    status, out, err = fanal("reads", file, "--keep-good")
    aside = tmp_path / "relèves.csv.refus.csv"

    assert status == 1
    assert out.startswith("1 relève inscrite, 0 déjà là, 2 refusées.")
    assert "relèves.csv, ligne 3, index" in err
    assert "ligne 4, ligne : Elle a 2 cases au lieu de 6." in err
    assert sorted(it.name for it in tmp_path.iterdir()) == ["relèves.csv", aside.name]

    mended = aside.read_text("utf-8-sig").replace(";1x;", ";125;").splitlines()
    assert mended[0] == f"{HEADERS};motif"
    aside.write_text("\n".join(mended[:2]), "utf-8")
    assert fanal("reads", aside)[:2] == (0, "1 relève inscrite, 0 déjà là, 0 refusée.\n")
    assert kept(house) == [120, 125]


def test_a_doubtful_read_is_kept_and_said_with_what_to_do(fanal, tmp_path):
    house = make_place()
    make_readings(house, [300, 600, 900], first_on=date(2025, 10, 1))
    status, out, _ = fanal("reads", written(tmp_path, *lines(house, "9000", "1200")))

    assert status == 0
    assert "relèves.csv, ligne 2, index : L’index 9" in out
    assert "À faire : relire le compteur." in out
    assert "ligne 3, index" in out
    assert "À faire : corriger." in out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "relèves.csv : Le fichier est vide."),
        (b"\xef\xbb\xbf\r\n\r\n", "Le fichier est vide."),
        (HEADERS.encode(), "aucune ligne après ses en-têtes"),
        (b"point;compteur;date\n1;2;3", "ligne 1, en-têtes : La colonne « index » manque."),
        (b"point;compteur;date;index;heure\n", "La colonne « heure » est inconnue."),
        (b"point;point;compteur;date;index\n", "La colonne « point » est là deux fois."),
        ("point;compteur".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04....", "classeur"),
        (b"point;compteur;date;index\n1;2;3\0;4", "ligne 2, texte : Un octet nul"),
        (b"point;compteur;date;index\n1;2;\x81;4", "ligne 2, texte : L’octet 81"),
        (b"point;compteur;date;index\n1;2;3;" + b"9" * 10_000_000, "ligne 2, ligne : Elle a 10000006 caractères"),
        (b"9" * 10_000_000, "est inconnue"),
        (b'point;compteur;date;index\n1;2;"3;4', "ligne 2, ligne : Un guillemet n’est pas fermé"),
        (b"point;compteur;date;index\n1;2;3;4\x1b[2J", "U+001B"),
        (b"point;compteur;date;index\n1;2;3;" + b"9" * 300, "ligne 2, index : La case a 300 caractères"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_by_a_sentence(fanal, tmp_path, content, said):
    file = tmp_path / "relèves.csv"
    file.write_bytes(content)
    status, out, err = fanal("reads", file)

    assert (status, out) == (1, "")
    assert said in err
    assert len(err) < 2_000


def test_a_file_that_is_not_there_is_refused_by_a_sentence(fanal, tmp_path):
    assert fanal("reads", tmp_path / "rien.csv")[::2] == (1, "rien.csv : Ce fichier n’existe pas.\n")
    assert "est un dossier" in fanal("reads", tmp_path)[2]


def test_a_call_that_is_off_answers_2_in_french(fanal, tmp_path):
    assert fanal("reads")[0] == 2
    assert fanal("reads", tmp_path / "a", "--correct", "P")[0] == 2
    status, _, err = fanal("reads", tmp_path / "a", "--on", "hier")
    assert (status, "« hier » n’est pas un jour du calendrier" in err) == (2, True)


def test_a_read_is_corrected_with_its_reason(fanal):
    house = make_place()
    make_readings(house, [300, 600], first_on=MAY)
    call = ["reads", "--correct", house.number, "--meter", house.serial, "--date", "2025-05-31", "--reason", "mal lu"]

    status, out, _ = fanal(*call, "--index", "590")
    assert (status, out.splitlines()[0]) == (0, "La relève du 31 mai 2025 est corrigée : 590 kWh.")
    assert facts.readings_of(house.point)[-1].value == 590_000
    assert "déjà inscrit" in fanal(*call, "--index", "590")[2]
    assert fanal(*call, "--index", "5x0")[2].startswith(
        "L’index lu est « 5x0 »".replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    )
    assert "Aucune relève des kVA" in fanal(*call, "--index", "590", "--register", "kVA")[2]


def survives(fanal, place: Place, content: bytes, file: Path) -> bool:
    """Whether the command answers on that file, having kept all its lines or none."""
    file.write_bytes(content)
    with transaction.atomic():
        before = len(facts.readings_of(place.point))
        status, out, err = fanal("reads", file)
        added = len(facts.readings_of(place.point)) - before
        transaction.set_rollback(True)
    said = [int(it) for it in re.findall(r"(\d+) (?:relève|déjà|refusée)", out)]
    return said[-1] == 0 and sum(said) == data_lines(content) if status == 0 else (added, bool(err)) == (0, True)


def good(place: Place) -> bytes:
    rows = [it for day in range(1, 7) for it in lines(place, 100 + day, on=f"2026-01-0{day}")]
    return "\n".join([HEADERS, *rows]).encode()


def test_300_spoilt_files_are_recorded_whole_or_not_at_all_without_a_traceback(fanal, tmp_path):
    house = make_place()
    assert all(survives(fanal, house, it, tmp_path / "relèves.csv") for it in mutated(good(house), 300))


def test_an_importer_that_keeps_a_part_would_be_seen(fanal, tmp_path, monkeypatch):
    house = make_place()
    honest = acts.record_readings

    def leaky(*, keep_good=False, **told):
        recorded = honest(keep_good=True, **told)
        if recorded.refused and not keep_good:
            raise acts.Refused(recorded.refused)
        return recorded

    monkeypatch.setattr(acts, "record_readings", leaky)
    assert not all(survives(fanal, house, it, tmp_path / "relèves.csv") for it in mutated(good(house), 60))
