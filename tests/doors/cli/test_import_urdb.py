"""`fanal books import-urdb FILE`, as a person types it; the how-to page is followed to the letter."""

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from doors.cli.conftest import Answer
from links.tariffs.urdb_examples import FACTORY, HOUSES, changed

from fanal.law.tariffs.shelf import read
from tests.law.tariffs.campaign import bill_of, kernel
from tests.law.tariffs.oracle import Case

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "import-a-rate.md"
Command = Callable[..., Answer]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with both rates, and a folder for the book."""
    (tmp_path / "cedar").mkdir()
    path = tmp_path / "rates.json"
    path.write_text(json.dumps([HOUSES, FACTORY]), "utf-8")
    return path


def test_the_page_is_followed_to_the_letter(fanal: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = PAGE.read_text("utf-8")
    (rate,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    (typed,) = re.findall(r"^ *fanal (books import-urdb .*)$", page, re.MULTILINE)
    (tmp_path / "cedar").mkdir()
    (tmp_path / "rs1.json").write_text(rate, "utf-8")
    monkeypatch.chdir(tmp_path)
    status, said, _ = fanal(*typed.split())
    assert status == 0, said
    (checked,) = re.findall(r"`fanal (books --check \S+)`", page)
    assert fanal(*checked.split())[0] == 0

    july = Case(date(2024, 7, 1), date(2024, 8, 1), Decimal(900))
    found = bill_of(kernel(read(tmp_path / "cedar/RS1.toml"), [july]), 0)
    told = re.findall(r"\| `([\w.]+)` \| (\d+) \| (\S+) \|", page)
    assert [(line[0], str(line[3]), str(line[4])) for line in found.lines] == told


def test_the_page_names_each_field_that_is_expressed() -> None:
    page = PAGE.read_text("utf-8")
    fields = {key for rate in (HOUSES, FACTORY) for key in rate}
    silent = {"eiaid", "revisions", "name", "utility", "country", "description", "demandwindow"}
    of_a_structure = {it for it in fields if it.endswith(("schedule", "unit", "units"))}
    assert [it for it in sorted(fields - silent - of_a_structure) if f"`{it}`" not in page] == []


def test_a_book_is_written_where_one_says_and_never_over_another(fanal: Command, file: Path) -> None:
    out = file.parent / "cedar" / "RS1.toml"
    asked = ("books", "import-urdb", file, "--rate", HOUSES["name"], "--out", out, "--tax", "canada/gst")
    status, said, _ = fanal(*asked)
    assert (status, "cedar/RS1" in said) == (0, True)
    assert [tax.code for tax in read(out).taxes] == ["canada/gst"]
    status, _, wrong = fanal(*asked)
    assert (status, "existe déjà" in wrong) == (1, True)


def test_without_a_place_the_book_is_printed(fanal: Command, file: Path) -> None:
    status, said, _ = fanal("books", "import-urdb", file, "--rate", HOUSES["label"])
    assert status == 0
    assert 'code = "cedar_falls_utilities/Residential_Service_RS_1"' in said


def test_refusals_name_the_file_and_every_field(fanal: Command, file: Path) -> None:
    file.write_text(json.dumps(changed(HOUSES, annualmincharge=10, energyattrs=[{"a": "b"}])), "utf-8")
    status, said, wrong = fanal("books", "import-urdb", file)
    assert (status, said) == (1, "")
    assert [line.split(" : ")[:2] for line in wrong.replace("\u00a0", " ").splitlines()] == [
        ["rates.json", "annualmincharge"], ["rates.json", "energyattrs"],
    ]  # fmt: skip


@pytest.mark.parametrize(("typed", "said"), [
    ((), "choisir un par son étiquette"),
    (("--rate", "autre"), "Aucun tarif"),
    (("--rate", HOUSES["name"], "--tax", "ici/rien"), "canada/gst"),
    (("--rate", HOUSES["name"], "--currency", "dollars"), "currency"),
    (("--rate", HOUSES["name"], "--without", "sel"), "sel"),
    (("--rate", HOUSES["name"], "--out", "é/É.toml"), "n’est pas un code de livre"),
    (("--rate", HOUSES["name"], "--out", "ailleurs/D.toml"), "n’existe pas"),
])  # fmt: skip
def test_what_was_asked_wrongly_is_said(
    fanal: Command, file: Path, monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(file.parent)
    status, out, wrong = fanal("books", "import-urdb", file, *typed)
    assert (status, out) == (1, "")
    assert said in wrong


def test_a_file_that_is_not_there_is_said(fanal: Command, tmp_path: Path) -> None:
    assert fanal("books", "import-urdb", tmp_path / "rien.json")[0] == 1
    assert fanal("books", "import-urdb")[0] == 1
