"""Read a GeoPackage into the network: one call for the command, and for whoever takes over from another system."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fanal.links.maps import geopackage
from fanal.links.maps import mapping as mappings
from fanal.records.network import acts, facts
from fanal.values.refusal import Problem, Refused, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a map did to the network, what of it was refused, and the layers that say nothing to us."""

    surveyed: acts.Surveyed
    refused: Sequence[Problem]
    unknown: Sequence[str]


def import_network(
    path: Path, *, by: str, on: date, mapping: Path = mappings.SHIPPED, epsg: int | None = None, keep_good: bool = False
) -> Imported:
    """Survey the network by a map, in the EPSG asked, else in that already recorded, else in its own."""
    known = facts.last_survey()
    mapped = mappings.read(mapping)
    digest = _digest(path, mapping, epsg)
    found = geopackage.read(path, mapped, epsg or (known.epsg if known else None))
    if found.problems and not keep_good:
        raise Refused(found.problems)
    layers = [
        acts.Layer(name=it.layer, kind=it.kind, names=it.names, rows=it.rows, spared=it.spared) for it in found.layers
    ]
    surveyed = acts.survey_network(
        layers=layers, epsg=found.epsg, digest=digest, name=path.name, by=by, on=on, keep_good=keep_good
    )
    return Imported(surveyed=surveyed, refused=[*found.problems, *surveyed.refused], unknown=found.unknown)


def _digest(path: Path, mapping: Path, epsg: int | None) -> bytes:
    """Of the map and of the way it is read."""
    made = hashlib.sha256(str(epsg or "").encode())
    try:
        for file in (mapping, path):
            with file.open("rb") as opened:
                made.update(hashlib.file_digest(opened, "sha256").digest())
    except OSError:
        raise refuse("{file} ne se lit pas.", file=file.name) from None
    return made.digest()
