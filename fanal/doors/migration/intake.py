"""Receive the export of an old system: its files by a mapping, staged whole; nothing of the office changes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import file_digest, sha256
from itertools import chain
from pathlib import Path

from django.db import transaction

from fanal.doors.migration import maps
from fanal.links.legacy import mapping as mappings
from fanal.links.legacy import rows
from fanal.links.legacy.mapping import File, MappingFile
from fanal.records.billing import shelf
from fanal.records.takeover import acts, facts
from fanal.records.takeover.acts import NewExport, NewFile, Part
from fanal.records.takeover.kinds import columns
from fanal.records.takeover.loading import whole
from fanal.records.takeover.loading.whole import Loaded
from fanal.records.takeover.staging import NewFlaw, NewRows
from fanal.values.refusal import Phrase, refuse

MAPPING = "correspondance.toml"  # of a folder: how its files are read
OTHER_MAPPING = Phrase(
    "L’exportation {id} a été lue par une autre correspondance que celle de son dossier ou du logiciel : "
    "la recevoir de nouveau."
)

Told = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Received:
    """An export as received: its id, whether it was there already, the files that the mapping does not name."""

    export_id: int
    already: bool
    unknown_files: tuple[str, ...]


def read_mapping(content: bytes | None = None, name: str = "correspondance") -> MappingFile:
    """That mapping, whose books must be of the office, or the one that comes with the house. Raises Refused."""
    if content is None:
        return mappings.shipped(columns())
    return mappings.read(content, columns(), shelf.codes(), name=name)


def mapping_in(folder: Path) -> MappingFile:
    """The mapping that lies in a folder with its files; the one that comes with the house if there is none."""
    path = folder / MAPPING
    try:
        return read_mapping(path.read_bytes(), MAPPING) if path.is_file() else read_mapping()
    except OSError:
        raise refuse("{name} ne se lit pas.", name=MAPPING) from None


def receive(*, folder: Path, mapping: MappingFile, by: str, on: date, told: Told | None = None) -> Received:
    """Stage a directory; the same files by the same mapping are there already. `told` hears of the bytes read."""
    found, others = rows.find(folder, mapping)
    chart = maps.map_in(folder)
    unknown = tuple(it for it in others if it not in (MAPPING, chart and chart.name))
    digests = {path: _digest(path) for path in [*(path for _, path in found), *([chart] if chart else [])]}
    whole = sha256("".join(sorted(digests.values())).encode()).hexdigest()
    if known := facts.staged_already(whole, mapping.digest):
        return Received(known.id, True, unknown)
    export = NewExport(
        digest=whole,
        mapping_digest=mapping.digest,
        directory=str(folder),
        files=chain(_files(found, digests, mapping, told), maps.layers(chart, digests[chart]) if chart else ()),
    )
    return Received(acts.stage_export(export=export, by=by, on=on), False, unknown)


def examine(*, export_id: int, by: str, on: date, told: Callable[[str], None] | None = None) -> int:
    """Look for the known faults in an export; how many flaws were found. `told` hears of each check."""
    return acts.examine_export(export_id=export_id, by=by, on=on, told=told)


@transaction.atomic
def take_in(
    *,
    folder: Path,
    mapping: MappingFile,
    by: str,
    on: date,
    read: Told | None = None,
    checked: Callable[[str], None] | None = None,
) -> Received:
    """Receive and examine in one transaction: what is received is examined, once, or nothing was received."""
    received = receive(folder=folder, mapping=mapping, by=by, on=on, told=read)
    known = facts.export(received.export_id)
    if known is not None and known.state == facts.STATES.STAGED:
        examine(export_id=received.export_id, by=by, on=on, told=checked)
    return received


def load(*, export_id: int, by: str, on: date, told: Callable[[str], None] | None = None) -> Loaded:
    """Charger une exportation reçue, by the books of the mapping that read it. Raises Refused."""
    known = facts.export(export_id)
    if known is None:
        raise refuse("L’exportation {id} n’existe pas.", field="export", id=str(export_id))
    mappings_there = (mapping_in(Path(known.directory)), read_mapping())
    mapping = next((it for it in mappings_there if it.digest == known.mapping_digest), None)
    if mapping is None:
        raise refuse(OTHER_MAPPING, field="export", id=str(export_id))
    return whole.load_export(export_id=export_id, books=mapping.books, by=by, on=on, told=told)


@cache
def headers() -> dict[str, dict[str, str]]:
    """What people of the old system call each column of each kind: the first header of the shipped mapping."""
    return {
        record.kind: {it.name: it.headers[0] for it in record.columns if it is not None and it.headers}
        for file in mappings.shipped(columns()).files
        for record in file.records.values()
    }


def size(folder: Path, mapping: MappingFile) -> int:
    """How many bytes there are to read."""
    return sum(path.stat().st_size for _, path in rows.find(folder, mapping)[0])


def _files(
    found: Sequence[tuple[File, Path]], digests: dict[Path, str], mapping: MappingFile, told: Told | None
) -> Iterator[NewFile]:
    for file, path in found:
        opened, blocks = rows.read(file, path, mapping, _telling(path.name, told))
        yield NewFile(
            name=path.name,
            kinds=[it.kind for it in file.records.values()],
            digest=digests[path],
            parts=map(_part, blocks),
            unknown_headers=opened.unknown,
            missing_headers=opened.missing,
        )


def _part(block: rows.Block) -> Part:
    flaws = [NewFlaw(it.line, it.code, it.column, it.cell, it.why, it.kind, it.read) for it in block.faults]
    return (NewRows(block.kind, block.lines, block.raws, block.columns) if block.kind else None), flaws


def _telling(name: str, told: Told | None) -> Callable[[int], None] | None:
    return (lambda size: told(name, size)) if told else None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
