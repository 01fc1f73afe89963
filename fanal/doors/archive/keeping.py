"""The archive that the desk keeps: one at a time, in the home of the server, for who administers."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from fanal.records import tables
from fanal.records.journal import acts
from fanal.reports import journal

ENDING = ".zip"
LOOKED_AT = 20  # the last archives made, by commands too


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptArchive:
    """The last archive asked for by a page: its file, and what the journal says of it."""

    path: Path
    size: int
    digest: str
    pdfs: int
    by: str
    made_at: datetime


def place(on: date) -> Path:
    """Where the archive of a day is written; the one of that day that was there before goes."""
    folder = Path(settings.FANAL_HOME) / "archives"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"fanal-{on}{ENDING}"
    path.unlink(missing_ok=True)
    return path


def keep_only(path: Path) -> None:
    """Remove the archives of before, and what an export that stopped had left."""
    for it in path.parent.glob(f"*{ENDING}"):
        if it != path:
            it.unlink()


def last() -> KeptArchive | None:
    """The archive that can be taken; None when none was made here, or its file is gone."""
    folder = Path(settings.FANAL_HOME) / "archives"
    for event in journal.events(acts=[tables.ARCHIVED], limit=LOOKED_AT):
        said, path = event.grounds, folder / str(event.grounds["archive"])
        if path.is_file():
            return KeptArchive(path=path, size=path.stat().st_size, digest=said["digest"], pdfs=said["pdfs"],
                               by=event.by, made_at=event.recorded_at)  # fmt: skip
    return None


def record_taken(kept: KeptArchive, *, by: str, on: date) -> None:
    """Say in the journal who takes it."""
    acts.record(
        tables.DOWNLOADED, about="archive", by=by, on=on, grounds={"archive": kept.path.name, "digest": kept.digest}
    )
