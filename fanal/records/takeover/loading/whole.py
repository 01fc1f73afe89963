"""Load a whole export in one transaction: all of it, or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial

from django.db import connection, transaction

from fanal.records.billing import shelf
from fanal.records.journal import acts as journal
from fanal.records.takeover import examination, facts
from fanal.records.takeover.acts import be_alone, count_rows
from fanal.records.takeover.loading import contracts, history, network, people, places
from fanal.records.takeover.loading.again import look_again
from fanal.records.takeover.loading.steps import BookOf, Load
from fanal.records.takeover.models import Export
from fanal.values.refusal import Phrase, refuse

Told = Callable[[str], None]
OTHER_TOWN = Phrase("Cette exportation est de « {its} » ; celle de « {ours} » est déjà chargée ici.")
OLDER = Phrase("Cette exportation est du {its} ; celle du {ours} est déjà chargée ici.")
NOT_EXAMINED = Phrase("L’exportation {id} n’est pas examinée : l’examiner avant de la charger.")
UNKNOWN_BOOK = Phrase("La correspondance donne au tarif {tariff} le livre {book}, qui n’est pas de ceux d’ici.")
STEPS = 10
LAST_DAYS = {"bills": "issued_on", "payments": "received_on", "entries": "entered_on"}
# Whole tables are joined once: a sort or a hash of theirs fits this, whatever the size of the town.
SETTINGS = ("SET LOCAL work_mem = '64MB'", "SET LOCAL jit = off")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of each kind are new, how many changed what was said, how many subscriptions got their book."""

    loaded: dict[str, int]
    changed: dict[str, int]
    given: int = 0


@transaction.atomic
def load_export(*, export_id: int, books: Mapping[str, BookOf], by: str, on: date, told: Told | None = None) -> Loaded:
    """Charger une exportation: how many rows of each kind were loaded now, and how many changed what was loaded.

    `books` gives the book of each tariff of the old system. Refused before its examination, while another loads, when
    nothing says the last day of the export, when it is another town's than the one loaded before, and when a later one
    is loaded.
    """
    be_alone()
    export = Export.objects.select_for_update().filter(pk=export_id).first()
    if export is None:
        raise refuse("L’exportation {id} n’existe pas.", field="export", id=str(export_id))
    if export.state == Export.State.STAGED:
        raise refuse(NOT_EXAMINED, field="export", id=str(export_id))
    _refuse_strange(export)
    _refuse_unknown_books(books)
    load = Load(export_id, export.as_of or _last_day(export_id), books)
    with connection.cursor() as cursor:
        for setting in SETTINGS:
            cursor.execute(setting)
    look_again(load)
    for title, step in _steps(load, by):
        if told:
            told(title)
        step()
    if export.state != Export.State.LOADED:
        export.state, export.loaded_by, export.loaded_on = Export.State.LOADED, by, on
        export.save(update_fields=["state", "loaded_by", "loaded_on"])
    with connection.cursor() as cursor:
        examination.leave_out(cursor, export_id)
    count_rows(export_id)
    loaded = Loaded(load.loaded, {kind: count for kind, count in load.changed.items() if count}, load.given)
    journal.record("takeover.load", about=f"export:{export_id}", by=by, on=on, grounds=asdict(loaded))
    return loaded


def _refuse_strange(export: Export) -> None:
    """Refuse an export of another town, or an older one, over what is loaded."""
    for before in Export.objects.filter(state=Export.State.LOADED).exclude(pk=export.pk).order_by("pk"):
        if export.town and before.town and export.town.casefold() != before.town.casefold():
            raise refuse(OTHER_TOWN, field="export", its=export.town, ours=before.town)
        if export.as_of and before.as_of and export.as_of < before.as_of:
            raise refuse(OLDER, field="export", its=export.as_of, ours=before.as_of)


def _refuse_unknown_books(books: Mapping[str, BookOf]) -> None:
    """Refuse a mapping that gives a tariff a book that nobody knows: it would hold every bill of it."""
    known = shelf.codes()
    for tariff, it in books.items():
        if it.book not in known:
            raise refuse(UNKNOWN_BOOK, field="books", tariff=tariff, book=it.book)


def _last_day(export_id: int) -> date:
    """The last day of anything that the old system issued, where it does not say its own."""
    days = " UNION ALL ".join(
        f"SELECT {column} FROM ({facts.ready(kind, export_id)}) {kind}" for kind, column in LAST_DAYS.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(day) FROM ({days}) issued (day)")
        found: date | None = cursor.fetchone()[0]
    if found is None:
        raise refuse("L’exportation ne dit pas son dernier jour, et ne contient ni facture ni paiement.", field="as_of")
    return found


def _steps(load: Load, by: str) -> list[tuple[str, Callable[[], None]]]:
    return [
        ("clients", partial(people.load_customers, load)),
        ("lieux", partial(places.load_premises, load, by=by)),
        ("compteurs", partial(places.load_meters, load)),
        ("relèves", partial(places.load_readings, load)),
        ("abonnements", partial(contracts.load_subscriptions, load, by=by)),
        ("propriétaires et engagements", partial(_people_and_promises, load)),
        ("factures et leurs lignes", partial(history.load_bills, load)),
        ("paiements, écritures, avis", partial(history.load_money, load)),
        ("carte du réseau", partial(network.load_network, load, by=by)),
        ("soldes repris", partial(history.hand_over, load, by=by)),
    ]


def _people_and_promises(load: Load) -> None:
    people.load_owners(load)
    contracts.load_promises(load)
