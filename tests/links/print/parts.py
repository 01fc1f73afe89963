"""What the specimen bills share: the town, the slip, the months, the taxes."""

from datetime import date

from fanal.links.print.contract import Month, Slip, Tax, Utility
from fanal.links.print.slip import scan_line

ACCOUNT = "301 204 587-2"
QR = "https://lac-aux-ormes.exemple/payer?compte=3012045872&facture=2026-000318"
UTILITY = Utility(
    town="Ville de Lac-aux-Ormes",
    service="Service de l’électricité",
    address=("1, place de la Mairie", "Lac-aux-Ormes (Québec)  G0X 0X0"),
    biller="Lac-aux-Ormes, électricité",
    phone="819 555-0100",
    hours="du lundi au vendredi, de 8 h 30 à 16 h 30",
    outage_phone="819 555-0199",
    outage_site="lac-aux-ormes.exemple/pannes",
    site="lac-aux-ormes.exemple",
    other_language="In English: 819 555-0100, lac-aux-ormes.exemple/en",
)
_NAMES = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc.", "janv."]
_TENTHS = [629, 681, 524, 389, 273, 210, 226, 221, 204, 279, 412, 564, 664]
_YEAR_AGO = [608, 630, 497, 362, 260, 218, 234, 210, 199, 265, 396, 546, 629]
_CELSIUS = ["−11°", "−13°", "−6°", "2°", "10°", "15°", "19°", "18°", "14°", "8°", "2°", "−5°", "−13°"]


def months(names: list[str] = _NAMES, scale: int = 1, point: str = ",") -> tuple[Month, ...]:
    """Thirteen months, the two last on this bill and the one before last estimated."""
    return tuple(
        Month(
            label=name,
            average=f"{tenths * scale / 10:.1f}".replace(".", point),
            tenths=tenths * scale,
            year_ago_tenths=ago * scale,
            temperature=celsius,
            billed=i >= 11,
            estimated=i == 11,
        )
        for i, (name, tenths, ago, celsius) in enumerate(zip(names, _TENTHS, _YEAR_AGO, _CELSIUS, strict=True))
    )


def slip(cents: int, amount: str, due: str = "2 février 2026", due_on: date = date(2026, 2, 2)) -> Slip:
    """A slip for the account of the examples."""
    return Slip(amount=amount, due=due, scan_line=scan_line(ACCOUNT, cents, due_on), qr=f"{QR}&montant={cents}")


def taxes(net: str, gst: str, qst: str) -> tuple[Tax, ...]:
    """GST and QST on `net`."""
    return (
        Tax(label="TPS", registration="000000000 RT0001", how=f"5 % de {net}", amount=gst),
        Tax(label="TVQ", registration="0000000000 TQ0001", how=f"9,975 % de {net}", amount=qst),
    )
