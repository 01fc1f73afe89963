"""A small network as a town would draw it: layers of a GeoPackage, written by the test that reads them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

EPSG = 32188
ORIGIN = (389_000, 5_402_000)  # metres
Feature = Mapping[str, Any]


def at(x: float, y: float) -> shapely.Point:
    return shapely.Point(ORIGIN[0] + x, ORIGIN[1] + y)


def along(*places: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(ORIGIN[0] + x, ORIGIN[1] + y) for x, y in places])


def town() -> dict[str, list[Feature]]:
    """One substation, one feeder, three poles, a transformer of three phases and one of one, three points."""
    return {
        "poste": [{"no_poste": "POSTE", "nom": "Poste du Lac", "tension_kv": 25.0, "mva": 10, "geom": at(0, 0)}],
        "rues": [{"no_rue": 1, "type": "rue", "nom": "du Quai", "geom": along((0, 5), (200, 5))}],
        "departs": [{"no_depart": 1, "nom": "Départ 1", "disjoncteur": "DJ-1", "geom": along((0, 0), (120, 0))}],
        "poteaux": [
            {"no_poteau": f"P{n}", "hauteur_m": 12.2, "classe": 4, "annee": 1990, "essence": "CEDRE",
             "proprietaire": "VILLE", "geom": at(40 * n, 0)}
            for n in (1, 2, 3)
        ],
        "transformateurs": [
            {"no_transfo": "T1", "no_poteau": "P1", "depart": 1, "kva": 167, "phases": "ABC", "tension_sec": "120/240",
             "coupe_circuit": "CC1", "compteur": "O", "annee": 2001, "geom": at(40, 0)},
            {"no_transfo": "T2", "no_poteau": "P3", "depart": 1, "kva": 50, "phases": "B", "tension_sec": "120/240",
             "coupe_circuit": "CC2", "compteur": "N", "annee": 2011, "geom": at(120, 0)},
        ],
        "portees_mt": [
            {"no_portee": f"MT{n}", "de": "POSTE" if n == 1 else f"P{n - 1}", "a": f"P{n}", "depart": 1,
             "phases": "ABC", "tension_kv": 25.0, "conducteur": "477 AAC", "etat": "EN SERVICE",
             "geom": along((40 * n - 40, 0), (40 * n, 0))}
            for n in (1, 2, 3)
        ],
        "portees_bt": [{"no_portee": "BT1", "de": "P1", "a": "P2", "no_transfo": "T1", "tension_v": "120/240",
                        "geom": along((40, 0), (80, 0))}],
        "appareillage": [{"no_appareil": "DJ-1", "type": "DISJONCTEUR", "no_portee": "MT1", "no_transfo": "",
                          "no_poteau": "POSTE", "depart": 1, "etat_normal": "F", "calibre_a": 630, "geom": at(1, 0)}],
        "branchements": [
            {"no_branchement": "BR1", "no_poteau": "P1", "no_transfo": "T1", "type": "AERIEN",
             "geom": along((40, 0), (45, 15))},
            {"no_branchement": "BR2", "no_poteau": "P3", "no_transfo": "T2", "type": "SOUTERRAIN",
             "geom": along((120, 0), (120, 15))},
        ],
        "points_livraison": [
            point("1001", "BR1", "T1", 45, "12 rue du Quai"), point("1002", "BR1", "T1", 46, "12 rue du Quai, app. 2"),
            point("1003", "BR2", "T2", 120, "20 rue du Quai"),
        ],
        "luminaires": [{"no_luminaire": "L1", "no_poteau": "P2", "watts": 40, "type": "DEL", "no_lieu": "1003",
                        "geom": at(81, 1)}],
    }  # fmt: skip


def point(number: str, drop: str, transformer: str, x: float, address: str) -> Feature:
    return {"no_lieu": number, "no_branchement": drop, "no_poteau": "", "no_transfo": transformer, "depart": 1,
            "adresse": address, "usage": "D", "en_service": "O", "geom": at(x, 15)}  # fmt: skip


def write(path: Path, layers: Mapping[str, Sequence[Feature]], epsg: int | None = EPSG) -> Path:
    """The GeoPackage of those layers, their columns in the order of their first feature."""
    path.unlink(missing_ok=True)
    for name, features in layers.items():
        columns = [it for it in features[0] if it != "geom"]
        shapes = np.array([it["geom"] for it in features], dtype=object)
        kind = next(it.geom_type for it in shapes if it is not None)
        pyogrio.raw.write(
            path, geometry=shapely.to_wkb(shapes), field_data=[_column([it[c] for it in features]) for c in columns],
            fields=columns, layer=name, driver="GPKG", geometry_type=kind, crs=f"EPSG:{epsg}" if epsg else None,
            append=path.exists(),
        )  # fmt: skip
    return path


def _column(values: list[Any]) -> np.ndarray:
    kinds = {type(it) for it in values}
    return np.array(values, dtype="int64" if kinds == {int} else "float64" if kinds <= {int, float} else object)
