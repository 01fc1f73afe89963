"""`fanal unbilled [LOT]`: what a run did not bill, subscription by subscription, each with its reason."""

import argparse

from fanal.doors.cli import text
from fanal.doors.office import open_office
from fanal.values import wording
from fanal.values.refusal import refuse


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser("unbilled", help="dire qui un lot ne facture pas, et pourquoi")
    parser.add_argument("run_id", nargs="?", type=int, metavar="lot", help="son numéro ; le dernier par défaut")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """List them; 1 when one of them has no known reason."""
    open_office()
    from fanal.records.billing import facts
    from fanal.records.billing.acts import terms_on
    from fanal.reports import unbilled as report

    run_id = options.run_id or next(reversed(facts.runs()), 0)
    if (known := facts.run(run_id)) is None:
        raise refuse("Le lot {run} n’existe pas.", run=str(run_id))
    rows = report.unbilled(known, terms_on(known.on).billing)
    print(f"Lot {known.id} du {wording.day(known.on)}, cycle {known.cycle or 'tous'} : "
          f"{wording.number(len(rows))} lieux avec des jours non facturés.")  # fmt: skip
    for why, count in report.counts(rows).items():
        print(f"{wording.number(count):>9}  {report.TITLES[why]['fr']}")
    for it in rows:
        said = it.said or " ; ".join(hold.title("fr") for hold in it.holds) or report.TITLES[it.why]["fr"]
        who = f"compte {it.account}, {it.customer}" if it.account else "personne"
        days = text.count(it.days, "jour", "jours")
        print(f"  {it.delivery_point:<12} {days:>10} depuis le {wording.day(it.from_on)} — {text.shown(who)}, "
              f"{text.shown(it.address)} : {text.shown(said)}")  # fmt: skip
    return int(any(it.why is report.Why.UNEXPLAINED for it in rows))
