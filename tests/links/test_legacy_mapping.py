"""A mapping says which column is which; its faults are told by their place, and the shipped one is the dictionary's."""

import os
import re
from pathlib import Path

import pytest

from fanal.links.legacy import forms, mapping
from fanal.links.legacy.forms import Writing
from fanal.links.sheet import folded
from fanal.records.takeover.kinds import columns
from fanal.values.refusal import Refused

DICTIONARY = Path(os.environ.get("FANAL_SHARED", "/nowhere")) / "town" / "DICTIONNAIRE.md"


def read(text: str) -> mapping.MappingFile:
    return mapping.read(text.encode(), columns())


def test_the_shipped_mapping_gives_every_canonical_kind():
    shipped = mapping.shipped(columns())

    assert {record.kind for file in shipped.files for record in file.records.values()} == set(columns())


@pytest.mark.skipif(not DICTIONARY.is_file(), reason="the dictionary is not there")
def test_the_shipped_mapping_knows_every_header_of_the_dictionary():
    known = {file.names[0]: {folded(header) for record in file.records.values() for it in record.columns if it
                             for header in it.headers} for file in mapping.shipped(columns()).files}  # fmt: skip
    missing, name = [], ""
    for line in DICTIONARY.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            name = line[3:].split(" ")[0]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and re.fullmatch(r"[A-Z_0-9]+", cells[0]) and known.get(name):
            said = [cells[0], *(it.strip() for it in cells[1].split(","))]
            missing += [(name, it) for it in said if it and folded(it) not in known[name]]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("files = 3 4", "n’est pas du TOML"),
        ('[files.a]\nnames = ["a"]\nkind = "dragons"', "files.a.kind : « dragons » n’est pas une sorte connue"),
        ('[files.a]\nnames = ["a"]\nkind = "control_end"', "files.a.columns.lines : cette colonne est nécessaire"),
        ('[files.a]\nnames = ["a"]\nkind = "control_end"\ncolumns = { lines = ["X"], wings = ["Y"] }', "columns.wings"),
        ('[files.a]\nnames = ["a"]\nkind = "control_end"\ncolour = 1\ncolumns = { lines = ["X"] }', "files.a.colour"),
        (
            '[files.a]\nnames = ["a"]\nform = "fixed"\nkind = "control_end"\ncolumns = { lines = { at = 2 } }',
            "« at » et",
        ),
        ('days = ["AAAA-JJ"]\n[files.a]\nnames = ["a"]', "n’est pas une forme de date"),
        ('encoding = "klingon"\n[files.a]\nnames = ["a"]', "encodage est inconnu"),
        ("title = 'vide'", "aucun fichier"),
    ],
)
def test_a_fault_of_a_mapping_is_told_by_its_place(text, said):
    with pytest.raises(Refused, match=re.escape(said)):
        read(text)


def test_a_code_that_is_not_ours_is_told():
    text = """[files.a]
names = ["a"]
kind = "temperatures"
columns = { on_day = ["D"] }
[files.b]
names = ["b"]
kind = "customers"
columns = { number = ["N"], name = ["M"], kind = { headers = ["T"], codes = { P = "DRAGON" } } }"""
    with pytest.raises(Refused, match="« P » y devient « DRAGON »"):
        read(text)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("cents", "1 234,56", "123456"), ("cents", "-0,05", "-5"), ("cents", "7", "700"), ("cents", "0,500", "50"),
        ("thousandths", "62,0", "62000"), ("millionths", "0,46154", "461540"), ("whole", "000123", "123"),
        ("day", "2026-02-28", "2026-02-28"), ("day", "20260228", "2026-02-28"), ("month", "2026-02", "2026-02-01"),
        ("moment", "2024-11-01 01:00", "2024-11-01 01:00"), ("text", "  a   b ", "a b"),
    ],
)  # fmt: skip
def test_a_cell_becomes_a_plain_value(kind, cell, value):
    assert forms.parser(kind, Writing(), {})(cell) == value


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("cents", "1,234"), ("cents", "1.50"), ("cents", "--5"), ("cents", ","), ("cents", "5,"), ("cents", "²"),
        ("whole", "1,5"), ("whole", "9" * 19), ("day", "2026-02-30"), ("day", "26-02-03"), ("day", "20260231"),
        ("month", "2026-13"), ("moment", "2024-11-01 25:00"),
    ],
)  # fmt: skip
def test_a_cell_that_is_not_its_kind_is_refused_in_french(kind, cell):
    with pytest.raises(ValueError, match="«"):
        forms.parser(kind, Writing(), {})(cell)


def test_a_day_may_be_written_otherwise():
    assert forms.parser("day", Writing(days=("JJ/MM/AAAA",)), {})("3/2/2026") == "2026-02-03"
