"""A GeoPackage in, typed rows out; what is wrong, by layer, feature and field, in French."""

from pathlib import Path
from typing import Any

import maps
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.links.maps import geopackage, mapping
from fanal.links.maps.geopackage import LayerRows, NetworkMap
from fanal.links.maps.mapping import MappedField
from fanal.values.refusal import Fault, Refused

SHIPPED = mapping.read()
LAYER = '[[layer]]\nkind = "x"\nnames = ["x"]\ngeometry = '


def read(path: Path, layers: dict[str, list[maps.Feature]], epsg: int | None = None, **told: Any) -> NetworkMap:
    return geopackage.read(maps.write(path / "carte.gpkg", layers, **told), SHIPPED, epsg)


def of(found: NetworkMap, kind: str) -> list[dict[str, Any]]:
    layers: list[LayerRows] = [it for it in found.layers if it.kind == kind]
    return [dict(zip(it.names, row, strict=True)) for it in layers for row in it.rows]


def renamed(it: maps.Feature) -> maps.Feature:
    """A transformer as another town writes it: other names, another order, small letters."""
    return {
        "PHASE": it["phases"].lower(), "Puissance_KVA": it["kva"], "NO_DEPART": it["depart"], "POTEAU": it["no_poteau"],
        "TRANSFO": it["no_transfo"], "geom": it["geom"],
    }  # fmt: skip


def said(found: NetworkMap) -> list[str]:
    return [it.reason for it in found.problems]


def test_every_layer_becomes_rows_with_exact_numbers_and_millimetres(tmp_path: Path) -> None:
    found = read(tmp_path, maps.town())

    assert (found.epsg, found.problems, found.unknown) == (maps.EPSG, [], [])
    [substation, pole, *_others] = of(found, "support")
    assert substation == {
        "number": "POSTE", "name": "Poste du Lac", "voltage_v": 25_000, "capacity_kva": 10_000, "kind": "SUBSTATION",
        "x_mm": 389_000_000, "y_mm": 5_402_000_000,
    }  # fmt: skip
    assert (pole["height_mm"], pole["x_mm"]) == (12_200, 389_040_000)
    assert of(found, "span")[0]["path"] == [389_000_000, 5_402_000_000, 389_040_000, 5_402_000_000]
    assert [it["phases"] for it in of(found, "transformer")] == ["ABC", "B"]
    assert [it["underground"] for it in of(found, "service_drop")] == ["false", "true"]
    assert of(found, "switching_device")[0]["transformer"] is None
    assert len(of(found, "connection")) == 3


def test_a_town_that_orders_and_spells_its_layers_otherwise_says_the_same(tmp_path: Path) -> None:
    plain = maps.town()
    other = {
        "TRANSFOS": [renamed(it) for it in plain["transformateurs"]],
        "Départs": [{"DEPART": "1", "NAME": "Départ 1", "geom": it["geom"]} for it in plain["departs"]],
    }
    ours, theirs = read(tmp_path, plain), read(tmp_path, other)

    wanted = ("number", "support", "feeder", "kva", "phases", "x_mm", "y_mm")
    assert [[it[name] for name in wanted] for it in of(theirs, "transformer")] == [
        [it[name] for name in wanted] for it in of(ours, "transformer")
    ]
    assert [(it["number"], it["name"]) for it in of(theirs, "feeder")] == [("1", "Départ 1")]


def test_coordinates_come_in_the_system_asked_and_go_back(tmp_path: Path) -> None:
    here = of(read(tmp_path, maps.town()), "connection")[0]
    there = read(tmp_path, maps.town(), epsg=3347)  # Statistics Canada's Lambert
    moved = of(there, "connection")[0]

    assert there.epsg == 3347
    assert abs(moved["x_mm"] - here["x_mm"]) > 1_000_000
    degrees = geopackage.degrees(here["x_mm"], here["y_mm"], maps.EPSG)
    assert geopackage.degrees(moved["x_mm"], moved["y_mm"], 3347) == degrees
    assert -73 < degrees[0] < -72
    assert 48 < degrees[1] < 49


@pytest.mark.parametrize(("layer", "field", "value", "why"), [
    ("transformateurs", "kva", "cent", "kva : « cent » n’est pas un nombre."),
    ("transformateurs", "kva", "37.5", "kva : « 37.5 » n’est pas un nombre entier."),
    ("transformateurs", "phases", "ABD", "phases : « ABD » ne dit pas des phases : A, B, C, AB, ABC…"),
    ("transformateurs", "no_poteau", "", "no_poteau : la case est vide."),
    ("branchements", "type", "VOLANT", "type : « VOLANT » n’est pas l’un de : AERIEN, SOUTERRAIN."),
    ("branchements", "geom", None, "geom : la géométrie manque."),
    ("transformateurs", "geom", maps.along((0, 0), (1, 1)), "geom : c’est un LineString ; il faut un Point."),
])  # fmt: skip
def test_each_fault_names_the_layer_the_feature_the_field_and_the_reason(
    tmp_path: Path, layer: str, field: str, value: Any, why: str
) -> None:
    layers = maps.town()
    columns = {"transformateurs": ("kva",), "branchements": ()}[layer]
    for it in layers[layer]:
        it.update({name: str(it[name]) for name in columns})
    layers[layer][1] |= {field: value}

    found = read(tmp_path, layers)

    number = {"transformateurs": "T2", "branchements": "BR2"}[layer]
    assert said(found) == [f"Couche {layer}, entité 2 ({number}), champ {why}"]
    [refused] = [it for it in found.layers if it.layer == layer]
    assert (len(refused.rows), refused.spared) == (
        1,
        [layers[layer][1]["no_transfo" if layer[0] == "t" else "no_branchement"]],
    )


def test_a_column_that_is_needed_and_missing_refuses_its_layer_by_name(tmp_path: Path) -> None:
    layers = maps.town()
    layers["transformateurs"] = [{k: v for k, v in it.items() if k != "kva"} for it in layers["transformateurs"]]

    found = read(tmp_path, layers)

    assert said(found) == ["Couche transformateurs : la colonne « kva » manque."]
    assert of(found, "transformer") == []


def test_a_layer_that_nobody_asked_for_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, maps.town() | {"aqueduc": [{"no": "1", "geom": maps.at(0, 0)}]}).unknown == ["aqueduc"]


def test_what_is_no_map_of_a_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "texte.gpkg").write_text("bonjour")
    for path, why in (
        (tmp_path / "absente.gpkg", "absente.gpkg n’est pas un GeoPackage qui se lit."),
        (tmp_path / "texte.gpkg", "texte.gpkg n’est pas un GeoPackage qui se lit."),
        (maps.write(tmp_path / "eau.gpkg", {"eau": [{"no": "1", "geom": maps.at(0, 0)}]}), "aucune couche de réseau"),
        (maps.write(tmp_path / "nue.gpkg", {"poteaux": maps.town()["poteaux"]}, epsg=None), "ne dit pas son système"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=why):
            geopackage.read(path, SHIPPED)


@pytest.mark.parametrize(("code", "why"), [(4326, "n’est pas un système projeté en mètres"), (999999, "connu")])
def test_a_system_that_cannot_be_kept_in_millimetres_is_refused(tmp_path: Path, code: int, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read(tmp_path, maps.town(), epsg=code)


def test_a_mapping_that_contradicts_itself_is_refused_by_its_key(tmp_path: Path) -> None:
    for text, why in (
        ("layer = 3", "autre.toml, layer :"),
        ('[[layer]]\nkind = "support"\nnames = []\ngeometry = "point"\nfields = {}', "layer.0.names"),
        (f'{LAYER}"disc"\nfields = {{}}', "layer.0.geometry"),
        (f'{LAYER}"none"\n[layer.fields]\na = {{from = ["a"], type = "code"}}', "choices"),
        ("layer = [", "ne se lit pas"),
    ):  # fmt: skip
        (tmp_path / "autre.toml").write_text(text)
        with pytest.raises(Refused, match=why):
            mapping.read(tmp_path / "autre.toml")


@given(st.integers(-(2**31) + 1, 2**31 - 1))
def test_a_number_of_thousandths_is_read_exactly_whatever_its_form(thousandths: int) -> None:
    kept = MappedField(columns=("x",), type="thousandths")
    text = f"{'-' if thousandths < 0 else ''}{abs(thousandths) // 1000}.{abs(thousandths) % 1000:03d}"

    for given_as in (text, text.replace(".", ","), float(text)):
        assert geopackage.parse(given_as, kept) == thousandths


@given(st.text(max_size=12) | st.floats() | st.integers() | st.none())
def test_any_cell_is_read_or_refused_and_never_breaks(cell: Any) -> None:
    for kind in ("text", "whole", "thousandths", "phases"):
        try:
            read = geopackage.parse(cell, MappedField(columns=("x",), type=kind))
        except Fault:
            continue
        assert read is None or isinstance(read, str if kind in ("text", "phases") else int)


def test_the_map_of_the_example_town_is_read_whole(example_map: Path) -> None:
    found = geopackage.read(example_map, SHIPPED)

    assert (found.problems, found.unknown) == ([], [])
    assert {it.kind for it in found.layers} >= {"support", "span", "transformer", "connection", "service_drop", "light"}
    assert min(len(it.rows) for it in found.layers) >= 1
