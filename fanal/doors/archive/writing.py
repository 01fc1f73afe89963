"""Write the archive: tables, dictionary, books, figures, balances, PDFs, digests, and what verifies them.

Everything is read in one transaction that sees one moment; what it writes is built beside its place and given its name
once whole. An archive that was stopped goes on: the PDFs already printed are kept, the rest takes seconds.
"""

import csv
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from fanal.doors.archive.dictionary import HEADER, RECEIVED_HEADER, dictionary, received
from fanal.doors.bills.printing import print_bills
from fanal.records import tables
from fanal.records.billing.facts import bill_number
from fanal.records.journal import acts as journal
from fanal.reports import leaving
from fanal.values.refusal import refuse

FORMAT = 1
SUMS, MANIFEST = "SHA256SUMS", "manifeste.json"
HERE = Path(__file__).parent
VERIFIER = ("verify.py", "controles.sql", "tarif.py")
UNFINISHED = ".en-cours"
EPOCH = (1980, 1, 1, 0, 0, 0)  # of every file in the .zip: two archives of the same records are the same bytes
PIECE = 1 << 20
ALL, NONE = date.min, date.max  # PDFs of the bills issued from this day on
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What was written: where, its size, its digest (that of SHA256SUMS), and the bills that could not be printed."""

    path: Path
    size: int
    digest: str
    rows: int
    pdfs: int
    unprinted: tuple[tuple[str, str], ...]


def export_all(target: Path, *, by: str, on: date, pdf_since: date = ALL, progress: Progress | None = None) -> Archive:
    """Write everything to a folder, or to one file where the name ends in .zip; then say so in the journal.

    Refused where the name is taken, or the folder that holds it does not exist.
    """
    if target.exists():
        raise refuse("« {path} » existe déjà : donner un autre nom.", field="target", path=str(target))
    if not target.parent.is_dir():
        raise refuse("Le dossier « {path} » n’existe pas.", field="target", path=str(target.parent))
    work = target.with_name(target.name + UNFINISHED)
    work.mkdir(mode=0o700, exist_ok=True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            tables.settle(cursor)
        manifest = _write(work, pdf_since, progress or (lambda size: None))
    digest = _sum_up(work)
    if target.suffix == ".zip":
        _pack(work, target)
    else:
        work.rename(target)
    size = sum(it.stat().st_size for it in ([target] if target.is_file() else target.rglob("*")))
    rows, pdf = sum(it["rows"] for it in manifest["tables"]), manifest["pdf"]
    grounds = {"archive": target.name, "digest": digest, "pdfs": pdf["count"]}
    journal.record(tables.ARCHIVED, about="archive", by=by, on=on, grounds=grounds)
    unprinted = tuple((it["number"], it["reason"]) for it in pdf["refused"])
    return Archive(path=target, size=size, digest=digest, rows=rows, pdfs=pdf["count"], unprinted=unprinted)


def steps(pdf_since: date = ALL) -> int:
    """How much there is to do, as `progress` counts it: tables and PDFs."""
    return len(tables.tables()) + len(leaving.issued_since(pdf_since))


def _write(work: Path, pdf_since: date, progress: Progress) -> dict[str, Any]:
    """All the files but the digests; returns the manifest."""
    for old in ("tables", "livres", "chiffres"):
        shutil.rmtree(work / old, ignore_errors=True)
        (work / old).mkdir()
    for source in (HERE / "LISEZMOI.md", *(HERE / "verifier" / it for it in VERIFIER)):
        (work / source.name).write_bytes(source.read_bytes())
    written = [_table(work, it, progress) for it in tables.tables()]
    _csv(work / "dictionnaire.csv", HEADER, dictionary())
    _csv(work / "sortes.csv", RECEIVED_HEADER, received())
    _csv(work / "soldes.csv", ("account_id", "number", "balance_cents"), leaving.balances())
    for id, code, digest, content in leaving.books():
        content = json.loads(content) if isinstance(content, str) else content
        _json(work / "livres" / f"{id:03d}-{code.replace('/', '-')}-{digest[:12]}.json", content)
    shutil.copytree(settings.PARAMETERS, work / "chiffres", dirs_exist_ok=True, ignore=_all_but_toml)
    (work / "chiffres" / "distributeur.toml").write_bytes(settings.UTILITY.read_bytes())
    manifest = _manifest(written) | {"pdf": _print(work, pdf_since, progress)}
    _json(work / MANIFEST, manifest)
    return manifest


def _table(work: Path, table: tables.Table, progress: Progress) -> dict[str, Any]:
    name = f"tables/{table.name}.csv"
    with (work / name).open("wb") as file, connection.cursor() as cursor:
        for piece in tables.rows_of(cursor, table):
            file.write(piece)
        cursor.execute(table.count)
        (rows,) = cursor.fetchone()
    progress(1)
    return {"table": table.name, "file": name, "rows": rows}


def _manifest(written: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": FORMAT, "made_by": f"Fanal {version('fanal')}", "schema": schema(),
        "last_event": leaving.last_event(), "bylaw": settings.FANAL_BYLAW, "tables": written,
        "left_out": {
            "tables": dict(tables.LEFT_OUT), "columns": {it: sorted(names) for it, names in tables.KEPT_BACK.items()},
            "rows": dict(tables.KEPT_ROWS),
        },
        "totals": leaving.totals(),
    }  # fmt: skip


def schema() -> dict[str, list[str]]:
    """The migrations that the tables had, by application."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found.setdefault(app, []).append(name)
    return found


def _print(work: Path, since: date, progress: Progress) -> dict[str, Any]:
    """Print the bills that are not printed yet, year by year, and say which could not be."""
    bills, refused = leaving.issued_since(since), []
    by_year: dict[str, list[int]] = {}
    for bill in bills:
        number = bill_number(bill.number)
        if (work / "pdf" / number[:4] / f"{number}.pdf").exists():
            progress(1)
        else:
            by_year.setdefault(number[:4], []).append(bill.id)
    for year, ids in by_year.items():
        (work / "pdf" / year).mkdir(parents=True, exist_ok=True)
        done = print_bills(ids, work / "pdf" / year, progress)
        refused += [{"number": number, "reason": reason} for number, reason in done.refused]
    choice = {ALL: "all", NONE: "none"}.get(since, since.isoformat())
    return {"choice": choice, "count": len(bills) - len(refused), "refused": refused}


def _sum_up(work: Path) -> str:
    """Write SHA256SUMS, which `sha256sum -c` reads; returns its own digest: that of the archive."""
    lines = []
    for path in sorted(it for it in work.rglob("*") if it.is_file() and it.name != SUMS):
        with path.open("rb") as file:
            lines.append(f"{_digest(file)}  {path.relative_to(work).as_posix()}\n")
    text = "".join(sorted(lines, key=lambda it: it[66:])).encode()
    (work / SUMS).write_bytes(text)
    return sha256(text).hexdigest()


def _digest(file: Any) -> str:
    found = sha256()
    while piece := file.read(PIECE):
        found.update(piece)
    return found.hexdigest()


def _pack(work: Path, target: Path) -> None:
    """Put the folder in one file, always in the same order and with the same dates; then remove it."""
    aside = target.with_name(f".{target.name}.part")
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, strict_timestamps=True) as packed:
        for path in sorted(it for it in work.rglob("*") if it.is_file()):
            told = zipfile.ZipInfo(path.relative_to(work).as_posix(), EPOCH)
            told.compress_type = zipfile.ZIP_STORED if path.suffix == ".pdf" else zipfile.ZIP_DEFLATED
            told.external_attr = 0o600 << 16
            with path.open("rb") as source, packed.open(told, "w", force_zip64=True) as sink:
                shutil.copyfileobj(source, sink, PIECE)
    os.chmod(aside, 0o600)
    aside.replace(target)
    shutil.rmtree(work)


def _csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        told = csv.writer(file, lineterminator="\n")
        told.writerow(header)
        told.writerows(rows)


def _json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _all_but_toml(folder: str, names: list[str]) -> list[str]:
    return [it for it in names if not it.endswith(".toml") and not (Path(folder) / it).is_dir()]
