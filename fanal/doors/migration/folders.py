"""The folders of exports that the desk may receive: those under one directory of the server, and what a page sends."""

import errno
import gzip
import os
import re
import shutil
import stat
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Protocol

from django.conf import settings

from fanal.doors.migration import intake
from fanal.links.legacy import rows
from fanal.links.legacy.writing import is_packed
from fanal.records.journal import acts as journal
from fanal.values.refusal import Problem, Refused, refuse, refuse_any

FILES_MAX = 200
NAME = re.compile(r"[\w][\w .()'’-]{0,119}")
SKIPPED = ("__MACOSX", ".DS_Store", "Thumbs.db")  # what a packer adds by itself
CHUNK = 1 << 20
MAP_ENDING = ".gpkg"
RECEIVING = ".envoi-"  # what is still being received: no folder of the list begins with a dot
LEFT_AFTER = 24 * 3600  # seconds: by then what is still « being received » is what a stopped server left
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack a whole read at once, whatever its size
FULL = (errno.ENOSPC, errno.EDQUOT)
EXPORT_SENT, EXPORT_REMOVED = "takeover.send", "takeover.remove"
TOO_GREAT = "Ces fichiers font plus de {most} Mo : déposer le dossier sur le serveur, dans {folder}."
UNSAFE = "L’archive contient « {name} », qui sortirait de son dossier : rien n’en est gardé."
ODDLY_PACKED = "« {name} » est comprimé d’une façon qui ne se lit pas ici : refaire l’archive en ZIP ordinaire."
NO_ROOM = "Le disque du serveur est plein : rien n’est gardé. Y faire de la place, puis envoyer de nouveau."
NOT_A_ZIP = "{name} n’est pas une archive ZIP qui s’ouvre : la refaire, ou choisir les fichiers eux-mêmes."


class Sent(Protocol):
    """A file as a page sends it."""

    name: str | None
    size: int | None

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder that may be received: how many files it has, their size, and those that no mapping names."""

    name: str
    path: Path
    files: int
    size: int
    unknown: tuple[str, ...]
    maps: tuple[str, ...]


def place() -> Path:
    """The directory of the server whose folders are exports."""
    return Path(settings.FANAL_EXPORTS)


def folders() -> list[Folder]:
    """Every folder there, by name, the last one first."""
    try:
        found = sorted(place().iterdir(), reverse=True)
    except OSError:
        return []
    return [_folder(it) for it in found if it.is_dir() and not it.is_symlink() and not it.name.startswith(".")]


def folder(name: str) -> Folder:
    """That folder, of those there are: a name is never made a path. Raises Refused."""
    for it in folders():
        if it.name == name:
            return it
    raise refuse("Le dossier « {name} » n’est plus sur le serveur.", field="folder", name=name[:100])


class _Budget:
    """What one sending may still hold, all of its files and once they are unpacked."""

    def __init__(self) -> None:
        self.left = settings.FANAL_EXPORT_BYTES

    def spend(self, size: int) -> None:
        """Raises Refused beyond it."""
        self.left -= size
        if self.left < 0:
            raise _too_great()


def keep(sent: Iterable[Sent], *, by: str, on: date) -> Folder:
    """Garder ce qu’une page envoie, files or ZIP archives, in a new folder; all of it, or nothing. Raises Refused."""
    files = list(sent)
    if not files:
        raise refuse("Choisir les fichiers de l’exportation, ou l’archive ZIP qui les contient.", field="files")
    if sum(it.size or 0 for it in files) > settings.FANAL_EXPORT_BYTES:
        raise _too_great()
    place().mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_left()
    try:
        with TemporaryDirectory(prefix=RECEIVING, dir=place()) as aside:
            kept = _folder(_shown(_received(files, Path(aside)), on))
    except OSError as problem:
        if problem.errno in FULL:
            raise refuse(NO_ROOM, field="files") from None
        raise
    grounds = {"folder": kept.name, "files": kept.files, "size": kept.size}
    journal.record(EXPORT_SENT, about="export", by=by, on=on, grounds=grounds)
    return kept


def remove(name: str, *, by: str, on: date) -> None:
    """Retirer un dossier du serveur: what was received of it stays. Raises Refused."""
    gone = folder(name)
    shutil.rmtree(gone.path)
    journal.record(EXPORT_REMOVED, about="export", by=by, on=on, grounds={"folder": gone.name, "files": gone.files})


def _folder(path: Path) -> Folder:
    files = [it for it in path.iterdir() if it.is_file() and not it.is_symlink()]
    maps = tuple(sorted(it.name for it in files if it.suffix.casefold() == MAP_ENDING))
    try:
        unknown = rows.find(path, intake.mapping_in(path))[1]
    except Refused:
        unknown = []  # why is said when it is received
    unknown = [it for it in unknown if it not in maps and it != intake.MAPPING]
    return Folder(
        name=path.name, path=path, files=len(files), size=sum(it.stat().st_size for it in files),
        unknown=tuple(unknown), maps=maps,
    )  # fmt: skip


def _received(files: Iterable[Sent], aside: Path) -> Path:
    """The folder of those files, whole and measured, where nobody sees it yet."""
    made, budget = aside / "folder", _Budget()
    made.mkdir(mode=0o700)
    for file in files:
        _keep_one(file, made, budget)
    found = sorted(made.iterdir())
    if not found:
        raise refuse("L’archive ne contient aucun fichier.", field="files")
    for path in found:
        _measure(path, budget)
    return made


def _shown(made: Path, on: date) -> Path:
    """Put it on the list, by the first name of that day that is free: from then on it may be received."""
    number = 1
    while True:
        path = place() / f"{on.isoformat()}-{number}"
        try:
            if not path.exists():
                return made.rename(path)
        except OSError:
            if not path.exists():  # else another sending took the name meanwhile
                raise
        number += 1


def _remove_left() -> None:
    """Remove what a server that was stopped was receiving: nobody sees it, and it is of customers."""
    before = time.time() - LEFT_AFTER
    for path in place().glob(f"{RECEIVING}*"):
        if path.stat().st_mtime < before:
            shutil.rmtree(path, ignore_errors=True)
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _keep_one(file: Sent, into: Path, budget: _Budget) -> None:
    name = _named(file.name or "")
    is_archive = name.casefold().endswith(".zip")
    path = into.parent / "archive" if is_archive else _free(into, name)
    with path.open("xb") as kept:
        for chunk in file.chunks():
            if not is_archive:
                budget.spend(len(chunk))
            kept.write(chunk)
    if is_archive:
        _unpack(path, into, name, budget)
        path.unlink()


def _unpack(packed: Path, into: Path, name: str, budget: _Budget) -> None:
    """The files of an archive, of one folder at most; none that would leave it, none beyond what it declares."""
    try:
        with zipfile.ZipFile(packed) as archive:
            listed = [it for it in archive.infolist() if not it.is_dir() and not _is_skipped(it.filename)]
            refuse_any(_unsafe(listed))
            if len(listed) > FILES_MAX:
                raise refuse("L’archive {name} contient plus de {most} fichiers.", name=name, most=FILES_MAX)
            if sum(it.file_size for it in listed) > budget.left:
                raise _too_great()
            for it in listed:
                with archive.open(it) as packed_file, _free(into, _named(_base(it))).open("xb") as kept:
                    _copy(packed_file, kept, it.file_size)
                budget.spend(it.file_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as problem:
        if isinstance(problem, OSError) and problem.errno in FULL:
            raise
        raise refuse(NOT_A_ZIP, field="files", name=name) from None


def _copy(packed: IO[bytes], kept: IO[bytes], size: int) -> None:
    while chunk := packed.read(CHUNK):
        size -= len(chunk)
        if size < 0:
            raise zipfile.BadZipFile
        kept.write(chunk)


def _unsafe(listed: Iterable[zipfile.ZipInfo]) -> Iterator[Problem]:
    for it in listed:
        parts = it.filename.split("/")
        link = stat.S_ISLNK(it.external_attr >> 16)
        if link or "\\" in it.orig_filename or ":" in it.filename or ".." in parts or "" in parts:
            yield Problem(0, "files", UNSAFE, name=it.filename[:100])
        elif it.flag_bits & 1:
            yield Problem(0, "files", "« {name} » est chiffré : l’archive se donne sans mot de passe.",
                          name=it.filename[:100])  # fmt: skip
        elif it.compress_type not in BOUNDED:
            yield Problem(0, "files", ODDLY_PACKED, name=it.filename[:100])
        elif len(parts) > 2:
            yield Problem(0, "files", "« {name} » est dans un dossier d’un dossier : un seul niveau se lit.",
                          name=it.filename[:100])  # fmt: skip


def _is_skipped(name: str) -> bool:
    return any(part in SKIPPED for part in name.split("/"))


def _base(it: zipfile.ZipInfo) -> str:
    return it.filename.rsplit("/", 1)[-1]


def _named(name: str) -> str:
    bare = os.path.basename(name)
    if not NAME.fullmatch(bare):
        raise refuse("« {name} » n’est pas un nom de fichier : des lettres, des chiffres, un point.",
                     field="files", name=bare[:60])  # fmt: skip
    return bare


def _free(into: Path, name: str) -> Path:
    if (into / name).exists():
        raise refuse("Le fichier {name} est là deux fois.", field="files", name=name)
    return into / name


def _measure(path: Path, budget: _Budget) -> None:
    """Refuse a packed file that is cut, or that unpacks into more than is left of the sending."""
    if not is_packed(path):
        return
    try:
        with gzip.open(path) as stream:
            while chunk := stream.read(CHUNK):
                budget.spend(len(chunk))
    except (EOFError, OSError, zlib.error):
        raise refuse("{name} est tronqué ou abîmé : le demander de nouveau.", field="files", name=path.name) from None


def _too_great() -> Refused:
    return refuse(TOO_GREAT, field="files", most=settings.FANAL_EXPORT_BYTES // 10**6, folder=str(place()))
