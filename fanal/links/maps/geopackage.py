"""A GeoPackage in, typed rows out, their coordinates in the EPSG asked; what is wrong, by layer, feature and field.

Coordinates are whole millimetres of a projected system in metres: exact, and compared without surprise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from fanal.links.maps.mapping import MappedField, MappedLayer, Mapping, key_of
from fanal.values.refusal import Fault, Problem, refuse

MILLIMETRES = 1000
KINDS = {"point": {"Point"}, "line": {"LineString"}}
NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRows:
    """The good features of one kind of element: the names of their values, and the values; the numbers of the others.

    A point ends with x_mm and y_mm, a line with its path: x, y, x, y… `lines` are the ranks of the good features in
    their layer; `unread` has the rank, the number if it is known and the first fault of each other one.
    """

    layer: str
    kind: str
    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    spared: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    unread: list[tuple[int, str, Fault]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkMap:
    """All that a GeoPackage says of a network, what of it is wrong, and the layers that nobody asked for."""

    epsg: int
    layers: list[LayerRows]
    problems: list[Problem]
    unknown: list[str]


def read(path: Path, mapping: Mapping, epsg: int | None = None) -> NetworkMap:
    """The network of a GeoPackage, in `epsg` or else in its own system. Raises Refused when it is none."""
    names = _layer_names(path)
    found = [(names[key], it) for it in mapping.layer if (key := _first(it.names, names)) is not None]
    if not found:
        expected = ", ".join(it.names[0] for it in mapping.layer)
        raise refuse(
            "{file} n’a aucune couche de réseau. Celles qu’on attend : {layers}.", file=path.name, layers=expected
        )
    target = projected(epsg) if epsg else None
    layers, problems = [], []
    for name, mapped in found:
        own, columns, features, geometry = _content(path, name)
        target = target or projected(own)
        reader = _Reader(name, mapped, columns, problems)
        if reader.is_whole:
            layers.append(reader.rows(features, _moved(geometry, own, target, name, mapped.geometry)))
    known = {name for name, _mapped in found}
    unknown = sorted(name for name in names.values() if name not in known)
    return NetworkMap(epsg=target or 0, layers=layers, problems=problems, unknown=unknown)


def projected(epsg: int) -> int:
    """That EPSG code, if it is a system in metres. Raises Refused."""
    try:
        system = CRS.from_epsg(epsg)
    except CRSError:
        raise refuse("EPSG:{code} n’est pas un système de coordonnées connu.", code=str(epsg)) from None
    if not system.is_projected or any(it.unit_name != "metre" for it in system.axis_info):
        raise refuse("EPSG:{code} n’est pas un système projeté en mètres, comme EPSG:32188.", code=str(epsg))
    return epsg


def degrees(x_mm: int, y_mm: int, epsg: int) -> tuple[Decimal, Decimal]:
    """Longitude and latitude (WGS 84) of a place, to the millionth of a degree."""
    there = Transformer.from_crs(epsg, 4326, always_xy=True)
    return tuple(Decimal(f"{it:.6f}") for it in there.transform(x_mm / MILLIMETRES, y_mm / MILLIMETRES))


def _layer_names(path: Path) -> dict[str, str]:
    try:
        return {key_of(str(name)): str(name) for name, _geometry in pyogrio.list_layers(path)}
    except (DataSourceError, DataLayerError):
        raise refuse("{file} n’est pas un GeoPackage qui se lit.", file=path.name) from None


def _first(wanted: Sequence[str], names: dict[str, str]) -> str | None:
    return next((key for it in wanted if (key := key_of(it)) in names), None)


def _content(path: Path, layer: str) -> tuple[int, list[str], list[tuple[Any, ...]], np.ndarray]:
    """EPSG, names of columns, features (their id first) and geometries of a layer. Raises Refused."""
    try:
        meta, ids, geometry, columns = pyogrio.raw.read(path, layer=layer, return_fids=True)
    except (DataSourceError, DataLayerError) as problem:
        raise refuse("La couche {layer} ne se lit pas : {why}", layer=layer, why=str(problem)) from None
    code = CRS.from_user_input(meta["crs"]).to_epsg() if meta["crs"] else None
    if code is None:
        raise refuse("La couche {layer} ne dit pas son système de coordonnées (EPSG).", layer=layer)
    features = list(zip(ids.tolist(), *(it.tolist() for it in columns), strict=True))
    return code, [str(it) for it in meta["fields"]], features, shapely.from_wkb(geometry, on_invalid="ignore")


def _moved(geometry: np.ndarray, own: int, target: int, layer: str, kind: str) -> np.ndarray:
    """The geometries in the system asked."""
    if own == target or kind == "none":
        return geometry
    try:
        there = Transformer.from_crs(own, target, always_xy=True, only_best=True)
        return shapely.transform(geometry, lambda at: np.column_stack(there.transform(at[:, 0], at[:, 1])))
    except ProjError as problem:
        raise refuse("La couche {layer} ne passe pas d’EPSG:{own} à EPSG:{target} : {why}",
                     layer=layer, own=str(own), target=str(target), why=str(problem)) from None  # fmt: skip


class _Reader:
    """Reads the features of one layer; what is wrong with them goes to `problems`."""

    def __init__(self, layer: str, mapped: MappedLayer, columns: list[str], problems: list[Problem]) -> None:
        self.layer, self.mapped, self.problems = layer, mapped, problems
        names = {key_of(it): it for it in columns}
        found = {name: it.column_among(names) for name, it in mapped.fields.items()}
        self.places = {name: 1 + columns.index(column) for name, column in found.items() if column is not None}
        self.columns = {name: column or mapped.fields[name].columns[0] for name, column in found.items()}
        missing = [self.columns[name] for name, it in mapped.fields.items() if it.needed and name not in self.places]
        self.is_whole = not missing
        for it in missing:
            problems.append(Problem(0, it, "Couche {layer} : la colonne « {field} » manque.", layer=layer, field=it))

    def rows(self, features: list[tuple[Any, ...]], geometry: np.ndarray) -> LayerRows:
        """The good features, as rows; the others become problems."""
        placed = {"point": ("x_mm", "y_mm"), "line": ("path",), "none": ()}[self.mapped.geometry]
        names = (*self.mapped.fields, *self.mapped.set, *placed)
        kept: list[tuple[Any, ...]] = []
        made = LayerRows(layer=self.layer, kind=self.mapped.kind, names=names, rows=kept)
        for rank, (feature, shape) in enumerate(zip(features, geometry, strict=True), 1):
            before = len(self.problems)
            values = [self._value(feature, name, it) for name, it in self.mapped.fields.items()]
            where = self._place(feature, shape)
            if len(self.problems) == before:
                kept.append((*values, *self.mapped.set.values(), *where))
                made.lines.append(rank)
                continue
            number = dict(zip(self.mapped.fields, values, strict=True)).get(NUMBER)
            made.unread.append((rank, number or "", cast(Fault, self.problems[before].facts["why"])))
            if number:
                made.spared.append(number)
        return made

    def _value(self, feature: tuple[Any, ...], name: str, mapped: MappedField) -> Any:
        given = feature[self.places[name]] if name in self.places else None
        try:
            read = parse(given, mapped)
            if read is None and mapped.needed:
                raise Fault("la case est vide.")
        except Fault as fault:
            self._fault(feature, self.columns[name], fault)
            return None
        return read

    def _place(self, feature: tuple[Any, ...], shape: Any) -> Iterator[Any] | tuple[Any, ...]:
        wanted = self.mapped.geometry
        if wanted == "none":
            return ()
        fault = _unusable(shape, wanted)
        if fault:
            self._fault(feature, "geom", fault)
            return ()
        at = np.rint(shapely.get_coordinates(shape) * MILLIMETRES).astype(np.int64)
        return tuple(at[0].tolist()) if wanted == "point" else (at.ravel().tolist(),)

    def _fault(self, feature: tuple[Any, ...], column: str, why: Fault) -> None:
        place = self.places.get(NUMBER)
        known = str(feature[place] or "").strip() if place else ""
        self.problems.append(
            Problem(0, column, "Couche {layer}, entité {feature}, champ {field} : {why}", layer=self.layer,
                    feature=f"{feature[0]} ({known})" if known else str(feature[0]), field=column, why=why)
        )  # fmt: skip


def _unusable(shape: Any, wanted: str) -> Fault | None:
    """Why a geometry cannot be drawn; None when it can."""
    if shape is None or shape.is_empty:
        return Fault("la géométrie manque.")
    if shape.geom_type not in KINDS[wanted]:
        return Fault("c’est un {found} ; il faut un {wanted}.", found=shape.geom_type, wanted=min(KINDS[wanted]))
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return Fault("ses coordonnées sont hors du système.")
    return None


def parse(given: Any, mapped: MappedField) -> Any:
    """One cell as the type says; None when it is empty. Raises Fault."""
    if given is None or given != given or (isinstance(given, str) and not given.strip()):  # NaN is not itself
        return None
    text = str(int(given) if isinstance(given, float) and given.is_integer() else given).strip()
    if text in mapped.empty:
        return None
    if mapped.type == "text":
        return text
    if mapped.type == "code":
        return _choice(text, mapped.choices)
    if mapped.type == "phases":
        return _phases(str(given))
    number = _decimal(given)
    if mapped.type == "thousandths":
        number *= 1000
    if number != int(number):
        if mapped.type == "whole":
            raise Fault("« {text} » n’est pas un nombre entier.", text=text)
        raise Fault("« {text} » a plus de trois décimales.", text=text)
    return int(number)


def _choice(text: str, choices: dict[str, str]) -> str:
    known = {key_of(word): value for word, value in choices.items()}
    if key_of(text) not in known:
        raise Fault("« {text} » n’est pas l’un de : {choices}.", text=text, choices=", ".join(choices))
    return known[key_of(text)]


def _phases(text: str) -> str:
    letters = "".join(it for it in text.upper() if it.isalpha() and it != "N")
    if not letters or set(letters) - set("ABC") or len(set(letters)) != len(letters):
        raise Fault("« {text} » ne dit pas des phases : A, B, C, AB, ABC…", text=text)
    return "".join(sorted(letters))


def _decimal(given: Any) -> Decimal:
    """Exactly what is written: a float by its shortest text."""
    try:
        number = Decimal(repr(given) if isinstance(given, float) else str(given).strip().replace(",", "."))
    except ArithmeticError:
        raise Fault("« {text} » n’est pas un nombre.", text=str(given)) from None
    if not number.is_finite() or abs(number) >= 2**31:
        raise Fault("« {text} » n’est pas un nombre.", text=str(given))
    return number
