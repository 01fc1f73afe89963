"""The map of a network within the export of an old system: each layer a file, each element a row like any other."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from fanal.links.maps import geopackage, mapping
from fanal.links.maps.geopackage import LayerRows
from fanal.records.network import facts as network
from fanal.records.takeover.acts import NewFile
from fanal.records.takeover.kinds import KINDS
from fanal.records.takeover.staging import NewFlaw, NewRows
from fanal.values.refusal import refuse

ENDING = ".gpkg"
KIND = "map_elements"
TOLD = ("transformer", "service_drop", "address")  # what the checks ask of an element


def map_in(folder: Path) -> Path | None:
    """The map of a directory, if it holds one. Raises Refused when it holds several."""
    found = sorted(it for it in folder.iterdir() if it.suffix.casefold() == ENDING and it.is_file())
    if len(found) > 1:
        names = ", ".join(it.name for it in found)
        raise refuse("Le dossier contient plusieurs cartes du réseau : {names}. N’en garder qu’une.", names=names)
    return found[0] if found else None


def layers(path: Path, digest: str) -> Iterator[NewFile]:
    """The layers of a map as files to receive. Raises Refused when it is no map of a network."""
    known = network.last_survey()
    found = geopackage.read(path, mapping.read(), known.epsg if known else None)
    by_layer: dict[str, list[LayerRows]] = {}
    for it in found.layers:
        by_layer.setdefault(it.layer, []).append(it)
    for name, several in by_layer.items():
        parts = [part for it in several for part in ((_rows(it, found.epsg), ()), (None, _broken(it)))]
        yield NewFile(name=f"{path.name}:{name}", kinds=[KIND], digest=digest, parts=parts)


def _rows(layer: LayerRows, epsg: int) -> NewRows:
    elements = [dict(zip(layer.names, row, strict=True)) for row in layer.rows]
    cells = {
        "element": [layer.kind] * len(elements),
        "number": [str(it["number"]) for it in elements],
        "layer": [layer.layer] * len(elements),
        "epsg": [str(epsg)] * len(elements),
        "content": [json.dumps(it, ensure_ascii=False) for it in elements],
    } | {name: [it.get(name) for it in elements] for name in TOLD}
    columns: Sequence[Sequence[str | None]] = [cells[it.name] for it in KINDS[KIND].columns]
    return NewRows(KIND, layer.lines, cells["content"], columns)


def _broken(layer: LayerRows) -> list[NewFlaw]:
    """The elements that could not be read: their number is all that stands of them."""
    return [NewFlaw(line, "UNREADABLE_LINE", "", number or "?", why) for line, number, why in layer.unread]
