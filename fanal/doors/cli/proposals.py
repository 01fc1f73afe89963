"""`fanal books --propose FILE`, `--activate ID`, `--withdraw ID`, `--proposals`: the life of a book."""

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.law.tariffs.changes import changes, figure, subject
from fanal.law.tariffs.shelf import BookError, read
from fanal.values import wording
from fanal.values.refusal import refuse

if TYPE_CHECKING:
    from fanal.records.billing.proposal_facts import KnownProposal, Touched

STATES = {"PROPOSED": "proposé", "ACTIVATED": "activé", "WITHDRAWN": "retiré"}


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare these options of `fanal books`."""
    parser.add_argument("--proposals", action="store_true", help="les livres proposés, ceux qui attendent d’abord")
    parser.add_argument("--proposal", type=int, metavar="NUMÉRO", help="ce qu’une proposition change et touche")
    parser.add_argument("--propose", type=Path, metavar="FICHIER", help="proposer un livre, comme hydro_quebec/D.toml")
    parser.add_argument("--note", type=text.words, metavar="TEXTE", help="avec --propose : d’où vient le changement")
    parser.add_argument("--retroactive", action="store_true", help="avec --propose : changer aussi des jours passés")
    parser.add_argument(
        "--activate", type=int, metavar="NUMÉRO", help="activer une proposition, par une autre personne"
    )
    parser.add_argument("--withdraw", type=int, metavar="NUMÉRO", help="retirer une proposition")
    parser.add_argument("--reason", type=text.words, metavar="POURQUOI", help="avec --withdraw : pourquoi")
    parser.add_argument("--by", type=text.words, metavar="QUI", help="qui propose, active ou retire")
    parser.add_argument("--on", type=text.day, metavar="DATE", help="jour de l’acte ; aujourd’hui par défaut")


def are_meant(options: argparse.Namespace) -> bool:
    """Whether the command is about proposals."""
    named = (options.propose, options.activate, options.withdraw, options.proposal)
    return options.proposals or any(it is not None for it in named)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Do what is asked; 1 when it is refused."""
    open_office()
    from fanal.doors.desk import staff
    from fanal.records.billing import proposal_facts as facts
    from fanal.records.billing import proposals as acts

    on = options.on or today()
    if options.proposals:
        print("\n".join(_line(it) for it in facts.proposals()) or "Aucun livre n’a été proposé.")
        return 0
    if options.proposal is not None:
        print(page(_known(options.proposal), on))
        return 0
    if not options.by:
        raise refuse("Dire qui agit, par --by.", field="by")
    if options.propose is not None:
        made = _propose(options, on)
        print(page(_known(made), on))
    elif options.activate is not None:
        known = _known(options.activate)
        touched = facts.touched(known.id, known.code, known.changes_from_on, on)
        staff.require_may("proposal_activate", options.by)
        acts.activate_book(proposal_id=options.activate, by=options.by, on=on)
        print("\n".join([f"Livre {known.code} activé.", *_touches(touched)]))
    else:
        acts.withdraw_book(proposal_id=options.withdraw, by=options.by, on=on, reason=options.reason or "")
        print(f"Proposition {options.withdraw} retirée.")
    return 0


def _propose(options: argparse.Namespace, on: date) -> int:
    from fanal.records.billing import proposals as acts

    try:
        book = read(options.propose)
    except OSError:
        raise refuse(f"{text.shown(options.propose)} ne se lit pas.", field="propose") from None
    except BookError as fault:
        raise refuse(text.shown(fault), field="propose") from None
    return acts.propose_book(
        book=book, note=options.note or "", by=options.by, on=on, retroactive=options.retroactive
    )  # fmt: skip


def _known(proposal_id: int) -> "KnownProposal":
    from fanal.records.billing import proposal_facts as facts

    if (known := facts.proposal(proposal_id)) is None:
        raise refuse(f"La proposition {proposal_id} n’existe pas.", field="proposal")
    return known


def _line(it: "KnownProposal") -> str:
    since = (
        f"change à compter du {wording.day(it.changes_from_on)}" if it.changes_from_on else "ne change aucun montant"
    )
    done = f", {it.decided_by}, {wording.day(it.decided_on)}" if it.decided_on else ""
    row = f"{it.id:>5}  {it.code:<24} {STATES[it.state]}{done} — {since} — par {it.proposed_by}, " \
          f"{wording.day(it.proposed_on)} : {it.note}"  # fmt: skip
    return wording.typography(row)


def page(known: "KnownProposal", on: date) -> str:
    """A proposal: what it changes, day by day, and what it touches."""
    from fanal.records.billing import proposal_facts as facts

    out = [_line(known), f"empreinte {known.digest}", ""]
    after = facts.kept(known.digest)
    before = facts.kept(known.replaces) if known.replaces else None
    if after is None or before is None:
        out.append("Un livre nouveau : aucun ne portait ce code.")
    else:
        for it in changes(before, after):
            until = f" au {wording.day(it.to_on)} exclu" if it.to_on else ""
            out.append(f"  dès le {wording.day(it.from_on)}{until}  {subject(it)} : "
                       f"{figure(it.before, before)} → {figure(it.after, after)}")  # fmt: skip
    if known.is_open:
        out += ["", *_touches(facts.touched(known.id, known.code, known.changes_from_on, on))]
    return "\n".join(wording.typography(line) for line in out)


def _touches(touched: "Touched") -> list[str]:
    number = wording.number
    out = [f"Abonnements servis à ce tarif : {number(touched.subscriptions)}."]
    if touched.bills:
        out.append(
            f"Factures déjà émises sur ces jours : {number(touched.bills)}, de {number(touched.billed_subscriptions)} "
            f"abonnements, {wording.money(touched.billed_cents)} ; elles restent, et se corrigent une à une."
        )
    out += [
        f"Lot {it.run_id} du {wording.day(it.on)} : {number(it.bills)} factures à calculer de nouveau."
        for it in touched.runs
    ]
    return [wording.typography(line) for line in out]
