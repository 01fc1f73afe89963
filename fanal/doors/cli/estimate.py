"""`fanal estimate POINT --from --to`: a quantity without a reading, by article 4.1.2 b), c) or d)."""

import argparse
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.law.metering import estimation
from fanal.links.meters import appliances_csv
from fanal.values import wording
from fanal.values.energy import TOTAL, parse_quantity
from fanal.values.refusal import Refused, refuse

if TYPE_CHECKING:
    from fanal.records.metering.acts import Figure, Inventory, Test

FIGURES = {"kwh": "kWh", "kw": "kW", "kva": "kVA", "kvarh": "kvarh"}
DAYS_MAX = 3_660
CALL = "Donner --reason avec --kwh, --kw, --kva ou --kvarh ; --tested-on avec --kwh-day."


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "estimate", help="estimer une consommation ou une puissance sans relève (art. 4.1.2)"
    )
    parser.add_argument("point", type=text.words, metavar="POINT", help="numéro du point de livraison")
    parser.add_argument("--from", dest="from_on", type=text.day, required=True, metavar="DATE", help="premier jour")
    parser.add_argument("--to", dest="to_on", type=text.day, required=True, metavar="DATE", help="jour de fin, exclu")
    means = parser.add_mutually_exclusive_group(required=True)
    means.add_argument("--appliances", dest="file", type=Path, metavar="FICHIER",
                       help="b) relevé des appareils, CSV : appareil;nombre;watts;heures")  # fmt: skip
    means.add_argument("--kwh-day", type=text.quantity, metavar="N", help="c) kWh par jour mesurés par un essai")
    means.add_argument("--kwh", type=text.quantity, metavar="N", help="d) kWh de toute la période, avec --reason")
    means.add_argument("--kw", type=text.quantity, metavar="N", help="d) puissance réelle, avec --reason")
    means.add_argument("--kva", type=text.quantity, metavar="N", help="d) puissance apparente, avec --reason")
    means.add_argument("--kvarh", type=text.quantity, metavar="N", help="d) énergie réactive, avec --reason")
    parser.add_argument("--register", type=text.words, default=TOTAL, metavar="NOM",
                        help="nom du registre, si ce n’est pas le tout : peak, injected…")  # fmt: skip
    parser.add_argument("--tested-on", type=text.day, metavar="DATE", help="jour de l’essai")
    parser.add_argument("--reason", type=text.words, metavar="POURQUOI", help="raison du chiffre")
    parser.add_argument("--on", type=text.day, metavar="DATE", help="jour de l’inscription ; aujourd’hui par défaut")
    parser.add_argument("--by", type=text.words, default="relève", metavar="QUI", help="qui estime")
    parser.set_defaults(run=run)


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Keep the estimate and say it; 1 when it is refused, 2 when the call is off."""
    figure = next((name for name in FIGURES if getattr(options, name) is not None), None)
    if bool(figure) != bool(options.reason) or (options.kwh_day is None) != (options.tested_on is None):
        print(CALL, file=sys.stderr)
        return 2
    open_office()
    from fanal.records.metering import acts
    from fanal.records.premises import facts as premises

    on = options.on or today()
    _refuse_days(options, on)
    means, estimated, method = _means(options, figure)
    point = premises.delivery_point_numbered(options.point)
    if point is None:
        raise refuse(f"Le point de livraison {options.point} est inconnu.")
    unit = FIGURES[figure or "kwh"]
    acts.record_estimate(
        delivery_point_id=point.id, kind=acts.kind_of(unit), name=options.register,
        from_on=options.from_on, to_on=options.to_on, means=means, by=options.by, on=on,
    )  # fmt: skip
    days = (options.to_on - options.from_on).days
    print(f"{wording.quantity(estimated, unit)} estimés au point {point.number} du {wording.day(options.from_on)} "
          f"au {wording.day(options.to_on)} exclu, {wording.days(days)} (art. 4.1.2 {method}).")  # fmt: skip
    return 0


def _refuse_days(options: argparse.Namespace, on: date) -> None:
    """What would make a typing error an estimate."""
    if not 0 < (options.to_on - options.from_on).days <= DAYS_MAX:
        raise refuse(f"La période à estimer compte de 1 à {DAYS_MAX} jours, le dernier exclu.")
    if options.tested_on and options.tested_on > on:
        raise refuse(f"L’essai est daté du {wording.day(options.tested_on)}, dans l’avenir.")


def _means(options: argparse.Namespace, figure: str | None) -> "tuple[Figure | Inventory | Test, int, str]":
    """How it is estimated, what that gives (thousandths), and the letter of the method."""
    from fanal.records.metering import acts

    days = (options.to_on - options.from_on).days
    if figure:
        number: Decimal = getattr(options, figure)
        return acts.Figure(quantity=number, reason=options.reason), parse_quantity(number), "d"
    if options.file is None:
        measured = estimation.estimate_from_tests(parse_quantity(options.kwh_day), days, tested_on=options.tested_on)
        return acts.Test(kwh_day=options.kwh_day, tested_on=options.tested_on), measured.quantity, "c"
    sheet = appliances_csv.decode(text.content_of(options.file))
    if sheet.refused:
        raise Refused(sheet.refused)
    listed = [
        estimation.Appliance(name=it.name, watts=it.watts, hours_day=it.hours_day, count=it.count) for it in sheet.rows
    ]
    return acts.Inventory(appliances=listed), estimation.estimate_from_appliances(listed, days).quantity, "b"
