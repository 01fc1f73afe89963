"""A mapping says which column is which; its faults are told by their place, and the shipped one is the dictionary's."""

import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanal.law.tariffs.shelf import catalogue
from fanal.links.legacy import forms, mapping
from fanal.links.legacy.forms import Writing
from fanal.links.sheet import folded
from fanal.records.takeover.kinds import TYPES, columns
from fanal.values.refusal import Fault, Refused

DICTIONARY = Path(os.environ.get("FANAL_SHARED", "/nowhere")) / "town" / "DICTIONNAIRE.md"


SHIPPED = mapping.SHIPPED.read_text(encoding="utf-8")


def read(text: str) -> mapping.MappingFile:
    return mapping.read(text.encode(), columns())


def test_the_shipped_mapping_gives_every_canonical_kind_but_the_elements_of_the_map():
    shipped = mapping.shipped(columns())

    given = {record.kind for file in shipped.files for record in file.records.values()}
    assert given == set(columns()) - {"map_elements"}


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
        ("title = 'vide'", "files : il manque"),
        ('[files.a]\nnames = ["a"]\nignored = true', "files : aucun fichier à lire"),
        ("files = 3", "files : « 3 » n’est pas une table"),
        ('[files]\na = "x"', "files.a : « x » n’est pas une table"),
        ('[files.a]\nnames = 3', "files.a.names : « 3 » n’est pas une liste"),
        ('[files.a]\nnames = ["a"]', "files.a : il y faut « kind », ou « records »"),
        ('[files.a]\nnames = ["a"]\nkind = "control_end"\ncolumns = { lines = [7] }', "lines.headers.1 : « 7 »"),
        ('[files.a]\nnames = ["a"]\nkind = "control_end"\ncolumns = { lines = { headers = ["X"], codes = ["F"] } }',
         "columns.lines.codes : « ['F'] » n’est pas une table"),
        ('[files.a]\nnames = ["a"]\nkind = "control_end"\n[files.a.columns]\nlines = { at = 2, codes = { A = "1" } }',
         "columns.lines : cette colonne n’a pas de codes"),
        ('[files.a]\nnames = ["a"]\nkind = "control_town"\n[files.a.columns]\ntext = { at = 2, codes = { A = true } }',
         "columns.text : « A » y devient « True », qui n’est pas un texte."),
        ('[files.a]\nnames = ["a"]\nform = "fixed"\nrecords = { EE = { kind = "control_end" } }',
         "files.a.records.EE : « EE » : un seul signe"),
        ("days = 5", "days : « 5 » n’est pas une liste"),
        ("yes_no = 3", "yes_no : « 3 » n’est pas une table"),
        ("unknown_days = 4", "unknown_days : « 4 » n’est pas une liste"),
        ('unknown_days = ["jamais"]', "unknown_days.1 : « jamais » : un jour"),
        ('decimal = ""', "decimal : «  » : les décimales"),
        ("separator = '\"'", "separator : « \" » : un seul signe"),
        ('separator = "\\n"', "separator : « · » : un seul signe"),
        ('encoding = "utf-16"', "encoding : cet encodage ne se lit pas ligne par ligne"),
        ('[books]\nDOM = "x"', "books.DOM : « x » n’est pas une table"),
        ("x = " + "[" * 3000, "trop de chiffres ou d’emboîtements"),
        ("x = " + "9" * 5000, "trop de chiffres ou d’emboîtements"),
    ],
)  # fmt: skip
def test_a_fault_of_a_mapping_is_told_by_its_place(text, said):
    with pytest.raises(Refused, match=re.escape(said)):
        read(text)


def test_a_fault_names_its_file_and_all_faults_are_told_at_once():
    with pytest.raises(Refused) as refused:
        mapping.read(b'decimal = ""\ndays = 5\nfiles = 3', columns(), name="ville.toml")

    assert [str(it).split(" : ")[0] for it in refused.value.problems] == [
        "ville.toml, decimal", "ville.toml, days", "ville.toml, files",
    ]  # fmt: skip


def test_a_default_is_read_as_a_cell_would_be():
    text = SHIPPED.replace('A = "en" }, default = "F"', 'A = "en" }, default = "Q"')

    with pytest.raises(Refused, match=r"customers\.columns\.language\.default : « Q » n’est pas l’un de : F, A"):
        read(text)


def test_a_book_must_be_on_the_shelf():
    text = SHIPPED.replace('"hydro_quebec/G"', '"hydro_quebec/Z"')

    with pytest.raises(Refused, match=r"books\.GPP\.book : aucun livre ne porte le code « hydro_quebec/Z »"):
        mapping.read(text.encode(), columns(), catalogue())
    assert mapping.read(SHIPPED.encode(), columns(), catalogue()).books["GPP"].book == "hydro_quebec/G"


BITS = st.sampled_from(["", '"', "x", "3", "-1", "[", "]", "{", "}", "=", ".", "true", "1979-05-27", "[[", "é", "\n",
                        "#", "files", "default", '"Q"', "1e9", "0.5"])  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cuts=st.lists(st.tuples(st.integers(0, len(SHIPPED)), st.integers(0, 12), BITS), min_size=1, max_size=4))
def test_a_spoilt_mapping_is_refused_or_read_never_a_crash(cuts):
    text = SHIPPED
    for start, length, bit in cuts:
        text = text[:start] + bit + text[start + length :]

    refused_or_read(lambda: mapping.read(text.encode(), columns(), catalogue(), name="ville.toml"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.dates(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2), max_leaves=4,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 10_000), value=VALUES)
def test_any_value_at_any_key_is_refused_or_read_never_a_crash(place, value):
    told = tomllib.loads(SHIPPED)
    keys = list(paths(told))
    *above, last = keys[place % len(keys)]
    of = told
    for key in above:
        of = of[key]
    of[last] = value

    refused_or_read(lambda: mapping.of(told, "", columns(), catalogue(), name="ville.toml"))


def paths(told, above=()):
    for key, value in told.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from paths(value, (*above, key))


def refused_or_read(reading: Callable[[], mapping.MappingFile]) -> None:
    said = ["ville.toml"]
    try:
        reading()
    except Refused as refused:
        said = list(map(str, refused.problems))
    assert all(it.startswith("ville.toml") for it in said)


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
        ("cents", "1\u202f234,56 $", "123456"), ("cents", "12,50-", "-1250"), ("cents", "(12,50 $)", "-1250"),
        ("cents", "\u22120,05", "-5"), ("cents", "- 1 234 567,80", "-123456780"), ("cents", "( 12,50 $ )", "-1250"),
        ("whole", "12\u00a0345", "12345"), ("thousandths", "1 234,5", "1234500"), ("millionths", "0,070 650", "70650"),
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
        ("cents", "1,234"), ("cents", "1.50"), ("cents", "--5"), ("cents", "(-5)"), ("cents", "-5-"), ("cents", "(5"),
        ("cents", "1.234,56"), ("cents", "$"),
        ("cents", "3 4,00"), ("cents", "1 23"), ("whole", "12 34"), ("thousandths", "1 2345,5"),
        ("millionths", "0,07 0650"),
        ("cents", "()"), ("cents", ","), ("cents", "5,"), ("cents", "²"),
        ("whole", "1,5"), ("whole", "9" * 19), ("day", "2026-02-30"), ("day", "26-02-03"), ("day", "20260231"),
        ("month", "2026-13"), ("moment", "2024-11-01 25:00"),
    ],
)  # fmt: skip
def test_a_cell_that_is_not_its_kind_is_refused_in_french(kind, cell):
    with pytest.raises(Fault, match="«"):
        forms.parser(kind, Writing(), {})(cell)


@given(st.integers(0, 10**15), st.integers(1, 20), st.sampled_from(" \u00a0\u202f"), st.sampled_from(["", "-"]))
def test_an_amount_reads_as_its_digits_only_where_spaces_part_its_thousands(cents, at, space, sign):
    whole, part = divmod(cents, 100)
    parted = f"{whole:,}".replace(",", space)
    slipped = str(whole)[:-at] + space + str(whole)[-at:]
    read = forms.parser("cents", Writing(), {})

    assert read(f"{sign}{parted},{part:02}") == str(-cents if sign else cents)
    if len(str(whole)) > at and slipped != parted:
        with pytest.raises(Fault, match="une espace qui ne sépare pas des groupes de trois chiffres"):
            read(f"{sign}{slipped},{part:02}")


def test_every_number_of_an_old_system_has_a_least_and_a_most():
    numbers = [(kind, it) for kind, of in columns().items() for it in of if TYPES[it.type] == "bigint"]

    for kind, it in numbers:
        places = {"whole": 0, "cents": 2, "thousandths": 3, "millionths": 6}[it.type]
        read = forms.bounded(forms.parser(it.type, Writing(), {}), it.type, it.least, it.most)
        for sign in ("", "-"):
            with pytest.raises(Fault, match=r"trop (grand|petit)|n’est pas un nombre"):
                read(f"{sign}{10 ** (18 - places) - 1}")
        assert -(10**17) < it.least <= it.most < 10**17, (kind, it.name)


def test_codes_of_a_text_change_the_words_that_they_name_and_no_other():
    read = forms.parser("text", Writing(), {"Sud-3": "12"})

    assert [read(it) for it in ("SUD-3", " sud-3 ", "Sud 3", "12")] == ["12", "12", "Sud 3", "12"]


def test_an_unknown_day_need_not_be_of_the_calendar():
    unknown = Writing(unknown_days=frozenset({"0000-00-00"}))

    with pytest.raises(forms.UnknownDay):
        forms.parser("day", unknown, {})("00000000")


def test_a_day_may_be_written_otherwise():
    assert forms.parser("day", Writing(days=("JJ/MM/AAAA",)), {})("3/2/2026") == "2026-02-03"
