"""Read an archive back into a database that is new: the same tables to the byte, or nothing at all."""

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction

from fanal.doors.archive.writing import FORMAT, MANIFEST, PIECE, SUMS, schema
from fanal.records import tables
from fanal.records.journal import acts as journal
from fanal.records.journal.refusals import saying
from fanal.values.refusal import refuse

Progress = Callable[[int], None]
ALTERED = "« {name} » n’est pas celui que l’archive a scellé : rien n’est chargé."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """What was loaded, and the digest of the archive that it came from."""

    rows: int
    tables: int
    digest: str


class Source:
    """The files of an archive, in a folder or in a .zip, each with the digest that it must have."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise refuse("« {path} » n’existe pas.", field="source", path=str(path))
        try:
            self._zip = None if path.is_dir() else zipfile.ZipFile(path)
            self._folder = path
            sums = self._open(SUMS).read()
            self.digest = sha256(sums).hexdigest()
            self._sums = {name: digest for digest, name in (it.split("  ", 1) for it in sums.decode().splitlines())}
            self.manifest: dict[str, Any] = json.loads(b"".join(self.pieces(MANIFEST)))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile):
            raise refuse("« {path} » n’est pas une archive de Fanal entière.", field="source", path=str(path)) from None

    def _open(self, name: str) -> IO[bytes]:
        return self._zip.open(name) if self._zip else (self._folder / name).open("rb")

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file piece by piece. Raises Refused at its end when it is not the one that was sealed."""
        found = sha256()
        try:
            with self._open(name) as file:
                while piece := file.read(PIECE):
                    found.update(piece)
                    yield piece
        except (OSError, KeyError, zipfile.BadZipFile):
            raise refuse(ALTERED, name=name) from None
        if found.hexdigest() != self._sums.get(name):
            raise refuse(ALTERED, name=name)

    def sealed(self, name: str) -> str | None:
        """The digest that a file must have."""
        return self._sums.get(name)


def read_back(path: Path, *, by: str, on: date, progress: Progress | None = None) -> ReadBack:
    """Load every table of an archive in one transaction, then export each one again and compare it with the archive.

    Refused unless the tables are of the same version and nothing was ever done here; whatever is refused, or differs
    once loaded, leaves the database as it was.
    """
    source = Source(path)
    chosen = _chosen(source)
    with transaction.atomic():
        with saying({}), connection.cursor() as cursor:
            if not tables.is_empty(cursor):
                raise refuse("Cette base a déjà servi : une archive ne se relit que dans une base neuve.")
            tables.settle(cursor)
            guards = tables.set_aside_guards(cursor, chosen)
            for table in chosen:
                tables.load(cursor, table, source.pieces(_file(table)))
                (progress or (lambda size: None))(1)
            tables.set_counters(cursor, chosen)
            tables.give_guards_back(cursor, guards)
            for table in chosen:
                if tables.digest(cursor, table) != source.sealed(_file(table)):
                    raise refuse("La table {table} relue n’est pas celle de l’archive.", table=table.name)
        rows = sum(it["rows"] for it in source.manifest["tables"])
        grounds = {"archive": path.name, "digest": source.digest}
        journal.record(tables.READ_BACK, about="archive", by=by, on=on, grounds=grounds)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the plans of what follows know how large the tables are
    return ReadBack(rows=rows, tables=len(chosen), digest=source.digest)


def steps() -> int:
    """How much there is to do, as `progress` counts it."""
    return len(tables.tables())


def _file(table: tables.Table) -> str:
    return f"tables/{table.name}.csv"


def _chosen(source: Source) -> list[tables.Table]:
    """The tables of both sides, which must be the same, of the same version."""
    manifest, known = source.manifest, tables.tables()
    if manifest.get("format") != FORMAT:
        raise refuse("Cette archive est d’un format que cette version de Fanal ne lit pas.")
    if (theirs := manifest["schema"]) != (ours := schema()):
        app = next(it for it in sorted({*theirs, *ours}) if theirs.get(it) != ours.get(it))
        raise refuse(
            "L’archive a été faite par {made_by}, dont les tables ne sont pas celles d’ici ({app}) : la relire avec "
            "cette version-là, puis « fanal migrate ».",
            made_by=str(manifest["made_by"]), app=app,
        )  # fmt: skip
    if {it["table"] for it in manifest["tables"]} != {it.name for it in known}:
        raise refuse("Les tables de l’archive ne sont pas celles d’ici.")
    return known
