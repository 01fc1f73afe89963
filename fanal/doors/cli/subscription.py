"""`fanal subscription ACTE POINT`: end it (5.1.1), or say what some books ask: households, exemptions, the bank."""

import argparse
from datetime import date
from typing import Any

from fanal.doors.cli import text
from fanal.doors.office import open_office, today
from fanal.law import explain
from fanal.law.conditions.part8_definitions import RateClass
from fanal.law.metering import registers
from fanal.values import wording
from fanal.values.energy import format_register
from fanal.values.refusal import refuse

RATES = {
    "domestique": RateClass.DOMESTIC, "forfait": RateClass.FLAT_RATE, "petite": RateClass.SMALL_POWER,
    "moyenne": RateClass.MEDIUM_POWER, "grande": RateClass.LARGE_POWER,
}  # fmt: skip


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "subscription", help="fin, ménages, exonérations, banque de kWh et registres d’un abonnement"
    )
    acts = parser.add_subparsers(
        dest="act", required=True, metavar="acte",
        help="show, end, households, exempt, end-exemption, bank, end-bank ou register",
    )  # fmt: skip
    _act(acts, "show", "ce qui est dit de l’abonnement", since=False)
    ended = _act(acts, "end", "mettre fin à l’abonnement, à la demande du client (art. 5.1.1)", since=False)
    ended.add_argument("--received", type=text.day, required=True, metavar="DATE", help="demande reçue ce jour")
    ended.add_argument("--wanted", type=text.day, metavar="DATE", help="premier jour sans, si un plus tard est voulu")
    ended.add_argument("--rate", choices=sorted(RATES), default="domestique", help="sorte de tarif ; domestique")
    ended.add_argument("--temporary", action="store_true", help="le service est temporaire")
    ended.add_argument("--stays", action="store_true", help="qui demande reste dans le lieu")
    ended.add_argument("--escapes", action="store_true", help="le seul but est d’éviter une modalité")
    ended.add_argument("--by", type=text.words, required=True, metavar="QUI", help="qui le fait")
    households = _act(acts, "households", "inscrire le nombre de ménages")
    households.add_argument("--count", type=int, required=True, metavar="N", help="combien de ménages")
    exempt = _act(acts, "exempt", "exonérer d’une taxe", until=True)
    exempt.add_argument("--tax", required=True, metavar="TAXE", help="code de la taxe, comme canada/gst")
    exempt.add_argument("--certificate", type=text.words, required=True, metavar="NO", help="numéro du certificat")
    ended = _act(acts, "end-exemption", "finir une exonération")
    ended.add_argument("--tax", required=True, metavar="TAXE", help="code de la taxe")
    bank = _act(acts, "bank", "ouvrir une banque de kWh (mesurage net)", until=True)
    bank.add_argument("--opening", type=text.quantity, default=0, metavar="KWH", help="kWh repris d’ailleurs ; 0")
    _act(acts, "end-bank", "finir la banque de kWh")
    register = _act(acts, "register", "ajouter un registre au compteur en place")
    register.add_argument("--register", type=text.register, required=True, metavar="REGISTRE", help="comme kWh-event")
    register.add_argument("--dials", type=int, default=5, metavar="N", help="chiffres au cadran ; 5")
    register.add_argument("--index", type=text.quantity, default=0, metavar="N", help="ce qu’il montre ce jour-là ; 0")
    parser.set_defaults(run=run)


def _act(
    acts: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, said: str, *, since: bool = True,
    until: bool = False,
) -> argparse.ArgumentParser:  # fmt: skip
    parser = acts.add_parser(name, help=said)
    parser.add_argument("point", type=text.words, metavar="POINT", help="numéro du point de livraison")
    if since:
        what = "premier jour sans" if name.startswith("end") else "à compter de ce jour"
        parser.add_argument("--from", dest="starts_on", type=text.day, required=True, metavar="DATE", help=what)
        parser.add_argument("--by", type=text.words, required=True, metavar="QUI", help="qui le fait")
    if until:
        parser.add_argument(
            "--to", dest="ends_on", type=text.day, metavar="DATE", help="premier jour sans, s’il est su"
        )
    parser.set_defaults(run=run)
    return parser


@text.spoken
def run(options: argparse.Namespace) -> int:
    """Do the act, then say what stands; 1 when it is refused."""
    open_office()
    from fanal.records.premises import facts as premises
    from fanal.records.subscriptions import facts

    point = premises.delivery_point_numbered(options.point)
    if point is None:
        raise refuse(f"Le point de livraison {options.point} est inconnu.")
    on = today()
    known = facts.subscription_at(point.id, getattr(options, "starts_on", None) or on)
    if known is None:
        raise refuse(f"Aucun abonnement au point de livraison {options.point} ce jour-là.")
    if options.act == "end":
        _end(options, known.id, on)
    elif options.act != "show":
        _do(options, known.id, {"by": options.by, "on": on})
    _show(known.id)
    return 0


def _end(options: argparse.Namespace, subscription_id: int, on: date) -> None:
    """End it and say why that day; refused, say what stands against it."""
    from fanal.records.billing import endings

    asked = endings.EndAsked(
        subscription_id=subscription_id, received_on=options.received, rate_class=RATES[options.rate],
        wanted_on=options.wanted, temporary=options.temporary, still_served=options.stays,
        only_escapes_a_condition=options.escapes,
    )  # fmt: skip
    ending = endings.end_subscription(asked=asked, by=options.by, on=on)
    print(f"Premier jour sans l’abonnement : {wording.day(ending.ends.outcome)}.")
    print("\n".join(f"  {it}" for it in explain.sentences(ending.ends)))


def _do(options: argparse.Namespace, subscription_id: int, who: dict[str, Any]) -> None:
    from fanal.records.metering import acts as metering
    from fanal.records.subscriptions import particulars
    from fanal.reports.subscription import subscription

    since = {"subscription_id": subscription_id, "starts_on": options.starts_on, **who}
    match options.act:
        case "households":
            particulars.say_households(count=options.count, **since)
        case "exempt":
            given = {"tax": options.tax, "certificate": options.certificate, "ends_on": options.ends_on}
            particulars.exempt_from_tax(**given, **since)
        case "bank":
            particulars.open_bank(opening_kwh=options.opening, ends_on=options.ends_on, **since)
        case "end-exemption":
            exemption = _open(subscription_id, options.tax)
            particulars.end_exemption(exemption_id=exemption, ends_on=options.starts_on, **who)
        case "end-bank":
            particulars.end_bank(bank_id=_open(subscription_id), ends_on=options.starts_on, **who)
        case "register":
            unit, name = options.register
            told = subscription(subscription_id)
            metering.add_register(
                meter_id=(told and told.meter_id) or 0, which=metering.which(unit, name), dials=options.dials,
                index=options.index, added_on=options.starts_on, **who,
            )  # fmt: skip


def _open(subscription_id: int, tax: str = "") -> int:
    """The exemption of that tax, or the bank, that has no end yet."""
    from fanal.records.subscriptions import facts

    if tax:
        exempt = facts.exemptions_of(subscription_id)
        found, what = [it.id for it in exempt if it.tax == tax and it.ends_on is None], f"d’exonération de {tax}"
    else:
        found, what = [it.id for it in facts.banks_of(subscription_id) if it.ends_on is None], "de banque de kWh"
    if not found:
        raise refuse(f"Cet abonnement n’a pas {what} sans fin.")
    return found[0]


def _show(subscription_id: int) -> None:
    """Say what stands: registers, households, exemptions, banks."""
    from fanal.records.metering.facts import RegisterKind
    from fanal.records.subscriptions import facts
    from fanal.reports.subscription import subscription

    told = subscription(subscription_id)
    assert told is not None
    print(f"Abonnement {told.id}, {told.address}, tarif {told.book}, depuis le {wording.day(told.starts_on)}.")
    for kind, name, dials in told.registers:
        unit = RegisterKind(kind).label
        print(f"  registre {format_register(unit, name)} : {registers.label(unit, name)}, {dials} chiffres")
    for it in facts.households_of(subscription_id)[:1]:
        print(f"  ménages : {wording.number(it.count)} depuis le {wording.day(it.starts_on)}")
    for it in facts.exemptions_of(subscription_id):
        print(f"  exonéré de {it.tax}, certificat {it.certificate}, {_days(it.starts_on, it.ends_on)}")
    for it in facts.banks_of(subscription_id):
        print(f"  banque de kWh, {_days(it.starts_on, it.ends_on)}")
    if told.bank_kwh is not None and told.bank_on:
        print(f"  en banque au {wording.day(told.bank_on)} : {wording.quantity(told.bank_kwh, 'kWh')}")


def _days(starts_on: Any, ends_on: Any) -> str:
    return f"du {wording.day(starts_on)}" + (f" au {wording.day(ends_on)} exclu" if ends_on else ", sans fin")
