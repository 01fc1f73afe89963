"""`fanal reads FICHIER`: record the reads of a CSV file, all or none; `fanal reads --correct POINT`: correct one."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.law.metering import registers
from fanal.law.metering.plausibility import Fix
from fanal.links.meters import readings_csv
from fanal.links.meters.readings_csv import TypedReading
from fanal.links.sheet import Sheet
from fanal.values import wording
from fanal.values.energy import TOTAL
from fanal.values.refusal import Problem, Refused, refuse

if TYPE_CHECKING:
    from fanal.records.metering.acts import NewReading, Recorded

COLUMNS = {"delivery_point": "point", "meter": "compteur", "kind": "registre", "read_on": "date"}
CORRECTION = ("meter", "date", "index", "reason")
CALL = "Donner un FICHIER, ou --correct POINT avec --meter, --date, --index et --reason."


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("reads", help="inscrire les relèves d’un fichier CSV, ou en corriger une")
    parser.add_argument("file", nargs="?", type=Path, metavar="FICHIER",
                        help="CSV : point;compteur;registre;date;index;source")  # fmt: skip
    parser.add_argument("--on", type=text.day, metavar="DATE", help="jour de l’inscription ; aujourd’hui par défaut")
    parser.add_argument("--by", type=text.words, default="relève", metavar="QUI", help="qui inscrit")
    parser.add_argument("--keep-good", action="store_true",
                        help="inscrire les bonnes lignes ; les refusées vont dans FICHIER.refus.csv")  # fmt: skip
    parser.add_argument("--correct", type=text.words, metavar="POINT", help="corriger une relève de ce point")
    parser.add_argument("--meter", type=text.words, metavar="COMPTEUR", help="numéro du compteur à corriger")
    parser.add_argument("--register", type=text.register, default=("kWh", TOTAL), metavar="REGISTRE",
                        help="registre à corriger : kWh (par défaut), kW, kVA, kvarh, kWh-peak…")  # fmt: skip
    parser.add_argument("--date", type=text.day, metavar="DATE", help="jour de la relève à corriger")
    parser.add_argument("--index", type=text.words, metavar="N", help="ce que le compteur montrait")
    parser.add_argument("--reason", type=text.words, metavar="POURQUOI", help="raison de la correction")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Say what was recorded and what is doubtful; 1 when a line is refused, 2 when the call is off."""
    missing = [name for name in CORRECTION if getattr(options, name) is None]
    if (options.file is None) == (options.correct is None) or (options.correct and missing):
        print(CALL, file=sys.stderr)
        return 2
    open_office()
    who = {"by": options.by, "on": options.on or today()}
    return _correct(options, who) if options.correct else _record(options, who)


def _record(options: argparse.Namespace, who: dict[str, Any]) -> int:
    from fanal.records.metering import acts

    sheet = readings_csv.decode(text.content_of(options.file))
    readings = [_new(it) for it in sheet.rows]
    recorded = acts.Recorded(stored=0, already=0, refused=[], findings=[])
    refused = list(sheet.refused)
    if refused and not options.keep_good:
        others = text.rehearsed(lambda: acts.record_readings(readings=readings, **who)) if readings else []
        return _nothing(options.file, [*refused, *text.located(others, sheet.lines, COLUMNS)])
    if readings:
        try:
            recorded = acts.record_readings(readings=readings, keep_good=options.keep_good, **who)
        except Refused as problem:
            return _nothing(options.file, text.located(problem.problems, sheet.lines, COLUMNS))
    refused += text.located(recorded.refused, sheet.lines, COLUMNS)
    _say(options.file, sheet, recorded, refused)
    if refused:
        _set_aside(options.file, sheet, refused)
    return int(bool(refused))


def _new(typed: TypedReading) -> "NewReading":
    from fanal.records.metering import acts

    unit, name = typed.register
    return acts.NewReading(
        delivery_point=typed.point,
        meter=typed.meter,
        kind=acts.kind_of(unit),
        name=name,
        read_on=typed.read_on,
        index=typed.index,
        source={it.label: it for it in acts.Source}[typed.source],
    )


def _nothing(file: Path, problems: list[Problem]) -> int:
    text.tell(sorted(problems, key=lambda it: it.row), file)
    print("Rien n’est inscrit. « --keep-good » inscrit les bonnes lignes et met les autres à part.", file=sys.stderr)
    return 1


def _say(file: Path, sheet: Sheet[TypedReading], recorded: "Recorded", refused: list[Problem]) -> None:
    lines = len({it.row for it in refused})
    print(
        f"{text.count(recorded.stored, 'relève inscrite', 'relèves inscrites')}, "
        f"{text.count(recorded.already, 'déjà là', 'déjà là')}, {text.count(lines, 'refusée', 'refusées')}."
    )
    if recorded.findings:
        print(
            f"{text.count(len(recorded.findings), 'est douteuse', 'sont douteuses')} ; leurs factures seront retenues :"
        )
    for doubt in recorded.findings:
        place = text.where(file, sheet.lines[doubt.row - 1], "index")
        print(f"  {place} : {doubt.reason} À faire : {text.FIXES[_fix(doubt.code)]}.")


def _fix(code: str) -> Fix:
    """What the law suggests of a doubt: two indexes on one day are put right on paper, the others at the meter."""
    return Fix.CORRECT if code == "same_day_differs" else Fix.REREAD


def _set_aside(file: Path, sheet: Sheet[TypedReading], refused: list[Problem]) -> None:
    """Write the refused lines beside the file; they are on standard error too, in case that fails."""
    text.tell(sorted(refused, key=lambda it: it.row), file)
    aside = file.with_name(f"{file.name}.refus.csv")
    try:
        text.write_whole(aside, sheet.with_reasons(refused))
        print(f"Les lignes refusées sont dans {text.shown(aside)}, avec leurs raisons.")
    except Refused:
        print(f"{text.shown(aside)} ne s’écrit pas : les lignes refusées restent dans le fichier.", file=sys.stderr)


def _correct(options: argparse.Namespace, who: dict[str, Any]) -> int:
    from fanal.records.metering import acts, facts
    from fanal.records.premises import facts as premises

    point = premises.delivery_point_numbered(options.correct)
    if point is None:
        raise refuse(f"Le point de livraison {options.correct} est inconnu.", field="point")
    found = {(it.meter, it.kind.label, it.name): it.register_id for it in facts.readings_of(point.id)}
    register_id = found.get((options.meter, *options.register))
    register = registers.label(*options.register)
    if register_id is None:
        what = f"{register} du compteur {options.meter} au point de livraison {point.number}"
        raise refuse(f"Aucune relève des {what} : il n’y a rien à corriger.", field="compteur")
    recorded = acts.correct_reading(
        delivery_point_id=point.id, register_id=register_id, read_on=options.date, index=options.index,
        reason=options.reason, **who,
    )  # fmt: skip
    print(f"La relève du {wording.day(options.date)} est corrigée : {options.index} {register}.")
    for doubt in recorded.findings:
        print(f"  Elle étonne encore : {doubt.reason} À faire : {text.FIXES[_fix(doubt.code)]}.")
    print("Si une facture émise s’en est servie, la corriger aussi : fanal correct-bill.")
    return 0
