"""Receive an export, load it, read the map of the network when a page asks: each all of one transaction, or nothing."""

from collections.abc import Callable
from datetime import date

from fanal.doors.jobs.telling import telling
from fanal.doors.migration import folders, intake
from fanal.doors.network import import_network
from fanal.records.takeover.examination import ASKED
from fanal.records.takeover.loading.whole import STEPS
from fanal.values.refusal import Phrase, refuse

HUNDRED = 100  # of what there is to do, how much a page shows
READING = 50  # of it, reading the files; the rest is the examination
WHOLE, KEEP_GOOD = 0, 1  # what the queue names its subject: how a map is read
ALREADY = Phrase("Cette exportation est déjà reçue : c’est l’exportation {id}.")

Progress = Callable[[int], None] | None


def receive_now(*, run_id: int, about: str, by: str, on: date, progress: Progress = None) -> bool:
    """Recevoir et examiner le dossier `about`; True. `run_id` says nothing: one is received at a time."""
    folder = folders.folder(about)
    mapping = intake.mapping_in(folder.path)
    with telling(progress) as told:
        read = _shares(intake.size(folder.path, mapping), READING, told)
        checked = _shares(len(ASKED), HUNDRED - READING, told)
        received = intake.take_in(
            folder=folder.path, mapping=mapping, by=by, on=on,
            read=lambda _name, size: read(size), checked=lambda _title: checked(1),
        )  # fmt: skip
    if received.already:
        raise refuse(ALREADY, field="folder", id=str(received.export_id))
    return True


def load_now(*, run_id: int, by: str, on: date, progress: Progress = None) -> bool:
    """Charger l’exportation `run_id`; True."""
    with telling(progress) as told:
        intake.load(export_id=run_id, by=by, on=on, told=lambda _title: told(1))
    return True


def survey_now(*, run_id: int, about: str, by: str, on: date, progress: Progress = None) -> bool:
    """Lire la carte du réseau du dossier `about`; True. `run_id` says whether what is good is kept when some is not."""
    folder = folders.folder(about)
    if len(folder.maps) != 1:
        raise refuse("Le dossier {name} doit contenir une carte du réseau, un fichier .gpkg, et une seule.",
                     field="folder", name=about)  # fmt: skip
    import_network(folder.path / folder.maps[0], by=by, on=on, keep_good=run_id == KEEP_GOOD)
    if progress:
        progress(1)
    return True


def hundred(_subject: int) -> list[tuple[int, int]]:
    """What there is to do, as hundredths."""
    return [(1, HUNDRED)]


def steps(_subject: int) -> list[tuple[int, int]]:
    """What there is to do, as steps of a loading."""
    return [(1, STEPS)]


def one(_subject: int) -> list[tuple[int, int]]:
    """What there is to do: one step."""
    return [(1, 1)]


def _shares(whole: int, parts: int, told: Callable[[int], None]) -> Callable[[int], None]:
    """What hears of sizes out of `whole`, and tells of `parts` as they are full."""
    done = shown = 0

    def heard(size: int) -> None:
        nonlocal done, shown
        done += size
        reached = min(parts, parts * done // max(whole, 1))
        if reached > shown:
            told(reached - shown)
            shown = reached

    return heard
