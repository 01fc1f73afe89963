"""Small turns of the printed bill: months, daily means."""

from datetime import date

from fanal.values import wording
from fanal.values.money import half_up
from fanal.values.wording import Lang

LARGE = 10_000  # tenths of kWh a day from which decimals say nothing more


def month(first_on: date, lang: Lang) -> str:
    """« janv. », "Jan"."""
    return wording.short_day(first_on.replace(day=2), lang).split(" ")[1 if lang == "fr" else 0]


def month_and_year(on: date, lang: Lang) -> str:
    """« janv. 2026 », "Jan 2026"."""
    return f"{month(on, lang)} {on.year}"


def mean(tenths: int, lang: Lang) -> str:
    """« 61,6 », « 7 860 »."""
    shown = half_up(tenths, 10) * 10 if abs(tenths) >= LARGE else tenths
    return wording.quantity(shown * 100, "", lang)


def per_day(kwh: int, days: int, lang: Lang) -> str:
    """« 61,6 kWh par jour » from thousandths."""
    unit = {"fr": "kWh par jour", "en": "kWh per day"}[lang]
    return f"{mean(half_up(kwh, days * 100), lang)}{wording.NO_BREAK}{unit}"


def capital(text: str) -> str:
    """The text with its first letter a capital."""
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """The text with its first letter small, to go on in a sentence."""
    return text[:1].lower() + text[1:]


def exemption(certificate: str, lang: Lang) -> str:
    """« exonéré, certificat 4471 »: instead of the rate of a tax that is not owed."""
    exempt, of = ("exonéré", "certificat") if lang == "fr" else ("exempt", "certificate")
    return f"{exempt}, {of} {certificate}" if certificate else exempt
