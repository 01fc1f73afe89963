"""`fanal debits ACTE`: a batch of preauthorized debits prepared, released by another person, its file, its returns."""

import argparse
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.values import wording
from fanal.values.refusal import Refused, refuse

if TYPE_CHECKING:
    from fanal.reports.debits import KnownBatch


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("debits", help="prélèvements préautorisés : lots, fichier de la banque, retours")
    acts = parser.add_subparsers(dest="act", required=True, metavar="acte", help="list, prepare, release, file…")
    for act, (said, needed) in ACTS.items():
        one = acts.add_parser(act, help=said)
        for name in needed:
            name(one)
        if act != "list":
            one.add_argument("--by", type=text.words, required=True, metavar="QUI", help="qui agit")
        one.add_argument("--on", type=text.day, metavar="DATE", help="jour de l’acte ; aujourd’hui par défaut")
        one.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Do what is asked; 1 when it is refused."""
    open_office()
    on = options.on or today()
    return {"list": _list, "prepare": _prepare, "release": _release, "abandon": _abandon, "file": _file,
            "settle": _settle, "returns": _returns}[options.act](options, on)  # fmt: skip


def _list(_options: argparse.Namespace, on: date) -> int:
    from fanal.reports import debits as report

    for it in report.batches():
        print(_line(it))
    if waiting := report.waiting(on):
        print(f"{text.count(waiting, 'prélèvement a eu son jour', 'prélèvements ont eu leur jour')} sans être "
              "encaissés : « fanal debits settle ».")  # fmt: skip
    return 0


def _prepare(options: argparse.Namespace, on: date) -> int:
    from fanal.doors import debits
    from fanal.doors.desk import staff

    staff.require_may("debits_prepare", options.by)
    made = debits.prepare(from_on=options.first, to_on=options.last + timedelta(days=1), again=options.again,
                          by=options.by, on=on)  # fmt: skip
    _tell(made)
    print("Une autre personne le remet : fanal debits release " + str(made))
    return 0


def _release(options: argparse.Namespace, on: date) -> int:
    from fanal.doors import debits
    from fanal.doors.desk import staff

    staff.require_may("debits_release", options.by)
    number = debits.release(batch=_known(options.batch), by=options.by, on=on)
    _tell(options.batch)
    print(f"Fichier {number:04d} prêt pour la banque : fanal debits file {options.batch}")
    return 0


def _abandon(options: argparse.Namespace, on: date) -> int:
    from fanal.doors.desk import staff
    from fanal.records.payments import debits as acts

    staff.require_may("debits_abandon", options.by)
    acts.abandon_debits(batch_id=_known(options.batch).id, reason=options.reason, by=options.by, on=on)
    print(f"Lot de prélèvements {options.batch} abandonné.")
    return 0


def _file(options: argparse.Namespace, on: date) -> int:
    from fanal.doors import debits
    from fanal.doors.desk import staff

    staff.require_may("debits_file", options.by)
    known = _known(options.batch)
    path = options.to / debits.file_name(known) if options.to.is_dir() else options.to
    if path.exists():
        raise refuse("Le fichier {file} existe déjà.", file=str(path))
    content = debits.take_file(batch=known, by=options.by, on=on)
    if content is None:
        raise refuse("Le lot de prélèvements {id} n’est pas remis : il n’a pas de fichier.", id=str(known.id))
    try:
        path.touch(mode=0o600)
        path.write_bytes(content)
    except OSError:
        raise refuse("Le fichier {file} ne s’écrit pas.", file=str(path)) from None
    print(f"{path} : {known.debits} prélèvements, {wording.money(known.cents)}.")
    return 0


def _settle(options: argparse.Namespace, on: date) -> int:
    from fanal.doors.desk import staff
    from fanal.records.payments import debits as acts

    staff.require_may("debits_settle", options.by)
    count = acts.settle_debits(by=options.by, on=on)
    print(f"{text.count(count, 'prélèvement encaissé', 'prélèvements encaissés')}.")
    return 0


def _returns(options: argparse.Namespace, on: date) -> int:
    from fanal.doors import debits
    from fanal.doors.desk import staff

    staff.require_may("debits_returns", options.by)
    try:
        done = debits.take_returns(text.content_of(options.file), by=options.by, on=on)
    except Refused as refused:
        text.tell(refused.problems, options.file)
        print("Rien n’est inscrit.")
        return 1
    print(f"{text.count(len(done.new), 'retour inscrit', 'retours inscrits')}, "
          f"{wording.money(sum(it.cents for it in done.new))} ; {done.already} déjà là ; "
          f"{text.count(done.suspended, 'accord finit', 'accords finissent')}.")  # fmt: skip
    text.tell(list(done.unread), options.file)
    return 0


def _known(batch_id: int) -> "KnownBatch":
    from fanal.reports import debits as report

    if (known := report.batch(batch_id)) is None:
        raise refuse("Le lot de prélèvements {id} n’existe pas.", id=str(batch_id))
    return known


def _tell(batch_id: int) -> None:
    from fanal.doors.desk.debit_words import HOLDS
    from fanal.reports import debits as report

    known = _known(batch_id)
    rows, held = report.rows(known)
    print(_line(known))
    for row in rows:
        taken = f" — retiré : {HOLDS[row.it.withdrawn]}" if row.it.withdrawn else ""
        print(f"  {row.it.debited_on}  {row.who.number}  …{row.it.account_ends}  {wording.money(row.it.cents)}{taken}")
    for one in held:
        print(f"  {one.due_on}  {one.who.number}  {wording.money(one.cents)} — retenu : {HOLDS[one.hold]}")


def _line(it: "KnownBatch") -> str:
    from fanal.records.payments.debit_facts import BatchState

    last = it.to_on - timedelta(days=1)
    state = BatchState(it.state).label
    sent = f", fichier {it.file_number:04d}, {it.debits} pour {wording.money(it.cents)}" if it.file_number else ""
    done = f", {it.decided_by}, {wording.day(it.decided_on)}" if it.decided_on else ""
    return wording.typography(f"lot {it.id} : du {wording.day(it.from_on)} au {wording.day(last)}, préparé par "
                              f"{it.prepared_by}, {state}{done}{sent}")  # fmt: skip


def _days(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="first", type=text.day, required=True, metavar="DATE", help="premier jour")
    parser.add_argument("--to", dest="last", type=text.day, required=True, metavar="DATE", help="dernier jour, compris")
    parser.add_argument("--again", action="store_true", help="présenter de nouveau ce qui est revenu faute de fonds")


def _batch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("batch", type=int, metavar="LOT", help="numéro du lot")


def _why(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", type=text.words, required=True, metavar="POURQUOI", help="pourquoi")


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("to", type=Path, metavar="CHEMIN", help="dossier ou fichier à écrire")


def _sent(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FICHIER", help="fichier des retours de la banque")


ACTS = {
    "list": ("les lots, le dernier d’abord", ()),
    "prepare": ("préparer un lot de ce qui se prélève ces jours-là", (_days,)),
    "release": ("remettre le lot d’une autre personne : son fichier est numéroté et gardé", (_batch,)),
    "abandon": ("abandonner un lot préparé", (_batch, _why)),
    "file": ("écrire le fichier d’un lot remis, toujours le même", (_batch, _where)),
    "settle": ("encaisser les prélèvements dont le jour est venu", ()),
    "returns": ("inscrire les retours de la banque", (_sent,)),
}
