"""`fanal import-legacy DOSSIER`: receive the export of an old system, examine it, load it, say what became of all."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording

if TYPE_CHECKING:
    from fanal.doors.migration.intake import Received
    from fanal.links.legacy.mapping import MappingFile
    from fanal.records.takeover.facts import FileCount
    from fanal.records.takeover.loading.whole import Loaded

BAR = "{desc:<28} {percentage:3.0f} % |{bar}| {elapsed} écoulé, reste {remaining}"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("import-legacy", help="recevoir et charger l’exportation d’un ancien système")
    parser.add_argument("folder", type=Path, metavar="DOSSIER", help="dossier des fichiers exportés")
    parser.add_argument("--mapping", type=Path, metavar="FICHIER",
                        help="correspondance des colonnes ; celle du dossier ou du logiciel sinon")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="recevoir et examiner, sans rien charger")
    parser.add_argument("--by", type=text.words, default="reprise", metavar="QUI", help="qui reçoit")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Say what became of the rows, file by file; 1 when the export cannot be received."""
    open_office()
    from fanal.doors.desk import staff
    from fanal.doors.migration import intake
    from fanal.records.takeover import facts

    if not options.dry_run:
        staff.require_may("takeover_load", options.by)
    given = options.mapping
    mapping = intake.read_mapping(text.content_of(given), given.name) if given else intake.mapping_in(options.folder)
    total = intake.size(options.folder, mapping)
    with tqdm(total=total, bar_format=BAR, file=sys.stderr, leave=False, mininterval=0.3) as bar:

        def told(name: str, size: int) -> None:
            bar.set_description_str(name[:28], refresh=False)
            bar.update(size)

        received = intake.take_in(
            folder=options.folder, mapping=mapping, by=options.by, on=today(), read=told,
            checked=lambda title: bar.set_description_str(title[:28]),
        )  # fmt: skip
    loaded = None if options.dry_run else _load(received.export_id, mapping, options.by)
    _say(received, facts.files(received.export_id))
    if loaded:
        _say_loaded(loaded)
        _say_without_book()
    _say_flaws(received.export_id)
    return 0


def _load(export_id: int, mapping: "MappingFile", by: str) -> "Loaded":
    from fanal.records.takeover.loading import whole

    with tqdm(total=whole.STEPS, bar_format=BAR, file=sys.stderr, leave=False) as bar:

        def told(title: str) -> None:
            bar.set_description_str(title[:28], refresh=False)
            bar.update(1)

        return whole.load_export(export_id=export_id, books=mapping.books, by=by, on=today(), told=told)


def _say_loaded(loaded: "Loaded") -> None:
    """What this load added, and what it changed of what an earlier export said, kind by kind."""
    from fanal.records.takeover.kinds import KINDS

    print(f"\n{'chargé maintenant':<28} {'nouvelles':>9} {'changées':>9}")
    kinds = [it for it in KINDS if loaded.loaded.get(it) or loaded.changed.get(it)]
    for it in kinds:
        new, changed = (wording.number(told.get(it, 0)) for told in (loaded.loaded, loaded.changed))
        print(f"{KINDS[it].title:<28} {new:>9} {changed:>9}")
    if loaded.given:
        print(f"Abonnements qui reçoivent le livre de leur tarif : {wording.number(loaded.given)}.")
    if not kinds and not loaded.given:
        print("Rien de nouveau, rien de changé.")


def _say_without_book() -> None:
    from fanal.records.subscriptions.facts import without_book

    for it in without_book():
        many = text.count(it.open, "abonnement actif", "abonnements actifs")
        print(f"Tarif {text.shown(it.tariff)} : {many} sans livre ; « fanal give-book » lui en donne un.")


def _say_flaws(export_id: int) -> None:
    from fanal.records.takeover import facts, faults

    counted: dict[tuple[str, str], int] = {}
    for (_, code, standing), count in facts.flaw_counts(export_id).items():
        counted[code, standing] = counted.get((code, standing), 0) + count
    print()
    known = faults.known()
    for (code, standing), count in sorted(counted.items(), key=lambda it: (it[0][1], known[it[0][0]].gravity, -it[1])):
        print(f"{wording.number(count):>9}  {facts.verdict_label(standing):<24} {known[code].title['fr']}")
    for it in facts.flaws(export_id, code="VANISHED_ROWS"):
        print(known[it.code].sentence(it.evidence, "fr"))


def _say(received: "Received", files: "list[FileCount]") -> None:
    if received.already:
        print(f"Cette exportation est déjà reçue : c’est l’exportation {received.export_id}.")
    from fanal.records.takeover.kinds import KINDS

    print(f"{'fichier':<32} {'sorte':<28} {'lignes':>9} {'prêtes':>9} {'chargées':>9} {'à part':>8} {'refusées':>8}")
    number = wording.number
    for it in files:
        title = KINDS[it.kind].title if it.kind else "lignes d’aucune sorte"
        print(f"{text.shown(it.name):<32} {title:<28} {number(it.rows):>9} {number(it.ready):>9} "
              f"{number(it.loaded):>9} {number(it.aside):>8} {number(it.refused):>8}")  # fmt: skip
    for name in dict.fromkeys(it.name for it in files):
        headers = next(it for it in files if it.name == name)
        if headers.unknown_headers:
            print(f"{text.shown(name)} : en-têtes inconnus, laissés de côté : "
                  f"{', '.join(map(text.shown, headers.unknown_headers))}.")  # fmt: skip
        if headers.missing_headers:
            print(f"{text.shown(name)} : colonnes absentes, laissées vides : "
                  f"{', '.join(map(text.shown, headers.missing_headers))}.")  # fmt: skip
    for name in received.unknown_files:
        print(f"{text.shown(name)} : la correspondance ne connaît pas ce fichier.")
