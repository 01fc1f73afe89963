"""Figures as people read them, in the French and the English of Canada. Never for machines."""

import re
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_precision

from fanal.values.money import half_up

Lang = Literal["fr", "en"]
LANGUAGES: tuple[Lang, ...] = ("fr", "en")

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"
MINUS = "\u2212"
MILLION = 1_000_000

# How each language writes the mark of a currency; any other is written by its code.
MARKS: dict[str, dict[Lang, str]] = {
    "CAD": {"fr": "$", "en": "$"},
    "USD": {"fr": f"${NO_BREAK}US", "en": "US$"},
    "EUR": {"fr": "€", "en": "€"},
    "VND": {"fr": "₫", "en": "₫"},
}
SMALL_COINS = {"CAD": "¢", "USD": "¢"}  # of a price below one
_house = {"currency": "CAD"}

_FRENCH_SPACES = (
    (re.compile(r"«\s*"), "«" + NO_BREAK),
    (re.compile(r"\s*»"), NO_BREAK + "»"),
    (re.compile(r" (?=[:%$¢₫€])"), NO_BREAK),
    (re.compile(r"(?<=\d) (?=(?:kWh|kW|kVA|kvarh|°C)(?!\w))"), NO_BREAK),
    (re.compile(r" (?=[?!;])"), NARROW_NO_BREAK),
)


def typography(text: str, lang: Lang = "fr") -> str:
    """The text with the apostrophes and, in French, the no-break spaces that nobody types."""
    text = text.replace("'", "’")
    if lang == "fr":
        for pattern, replacement in _FRENCH_SPACES:
            text = pattern.sub(replacement, text)
    return text


def keep_accounts_in(currency: str) -> None:
    """Say in which currency the distributor keeps its accounts: that of any amount that does not say another."""
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValueError(f"« {currency} » n’est pas un code de monnaie (ISO 4217).")
    _house["currency"] = currency


def house_currency() -> str:
    """The currency in which the distributor keeps its accounts, by its ISO 4217 code."""
    return _house["currency"]


def decimals(currency: str = "") -> int:
    """How many decimals the smallest coin has: 2 for the dollar, none for the đồng."""
    return int(get_currency_precision(currency or house_currency()))


def mark(lang: Lang = "fr", currency: str = "") -> str:
    """The mark of a currency: « $ », « ₫ », or its code."""
    code = currency or house_currency()
    return MARKS[code][lang] if code in MARKS else code


def money(coins: int, lang: Lang = "fr", currency: str = "") -> str:
    """An amount from its smallest coins: « 1 234,56 $ », "$1,234.56", « 1 984 ₫ », "₫1,984"."""
    return amount(Decimal(int(coins)).scaleb(-decimals(currency)), lang, currency)


def coins(count: int, lang: Lang = "fr", currency: str = "") -> str:
    """An amount from its smallest coins, without its mark: « 1 234,56 »."""
    return _number(Decimal(int(count)).scaleb(-decimals(currency)), _pattern(currency), lang)


def amount(value: Decimal, lang: Lang = "fr", currency: str = "", more: str = "") -> str:
    """An amount with all its decimals, those of the smallest coin at least: « 171,244 $ »; `more` after its digits."""
    sign, said = mark(lang, currency), _number(abs(value), _pattern(currency, 6), lang) + more
    minus = MINUS if value < 0 else ""
    if lang == "fr":
        return f"{minus}{said}{NO_BREAK}{sign}"
    return f"{minus}{sign}{NO_BREAK if sign.isalpha() else ''}{said}"


def signed(cents: int, lang: Lang = "fr", *, plus: bool = False) -> str:
    """« 28,62 $ », « − 3,10 $ », and with `plus` « + 20,32 $ »; English signs touch the figure."""
    sign = MINUS if cents < 0 else "+" if plus else ""
    return _apart(sign, lang) + money(abs(cents), lang)


def change(cents: int, lang: Lang = "fr") -> str:
    """By how much an amount goes up or down: « + 20,32 $ », « − 3,10 $ », « 0,00 $ »."""
    return signed(cents, lang, plus=cents > 0)


def share(difference: int, of: int, lang: Lang = "fr") -> str:
    """A change as a part of what was, to a tenth of a percent: « + 3,9 % »; nothing when there was nothing."""
    if of <= 0:
        return ""
    tenths = half_up(int(difference) * 1000, int(of))
    sign = MINUS if tenths < 0 else "+" if tenths > 0 else ""
    return _apart(sign, lang) + percentage(abs(tenths) * 1000, lang)


def quantity(thousandths: int, unit: str = "", lang: Lang = "fr") -> str:
    """A quantity from thousandths, with its unit: « 2 480 kWh », « 84,5 kW »."""
    text = _number(Decimal(int(thousandths)).scaleb(-3), "#,##0.###", lang)
    return f"{text}{NO_BREAK}{unit}" if unit else text


def number(value: Decimal | int, lang: Lang = "fr") -> str:
    """A plain number, up to six decimals: « 52 031 »."""
    return _number(Decimal(value), "#,##0.######", lang)


def price(millionths: int, lang: Lang = "fr", currency: str = "") -> str:
    """A unit price from millionths of the currency: cents below one dollar (« 6,905 ¢ »), else « 14,86 $ »."""
    value, small = Decimal(int(millionths)), SMALL_COINS.get(currency or house_currency())
    if small and abs(value) < MILLION:
        return f"{_number(value.scaleb(-4), '#,##0.####', lang)}{NO_BREAK}{small}"
    return amount(value.scaleb(-6), lang, currency)


def percentage(millionths: int, lang: Lang = "fr") -> str:
    """A share from millionths of one: 99750 is « 9,975 % »."""
    text = _number(Decimal(int(millionths)).scaleb(-4), "#,##0.####", lang)
    return f"{text}{NO_BREAK}%" if lang == "fr" else f"{text}%"


def day(on: date, lang: Lang = "fr") -> str:
    """A date in full: « 1er janvier 2026 », "January 1, 2026"."""
    text = format_date(on, "long", locale=_locale(lang))
    return f"1er{text[1:]}" if lang == "fr" and on.day == 1 else text


def month_day(on: date, lang: Lang = "fr") -> str:
    """A day of any year: « 1er décembre », "December 1"."""
    text = format_date(on, "d MMMM" if lang == "fr" else "MMMM d", locale=_locale(lang))
    return f"1er{text[1:]}" if lang == "fr" and on.day == 1 else text


def month(number: int, lang: Lang = "fr") -> str:
    """A month of any year, from 1 to 12: « juin », "June"."""
    return format_date(date(2000, number, 1), "LLLL", locale=_locale(lang))


def short_day(on: date, lang: Lang = "fr") -> str:
    """A date with its month abbreviated, for tables and charts: « 12 janv. 2026 », "Jan. 12, 2026"."""
    text = format_date(on, "d MMM y" if lang == "fr" else "MMM d, y", locale=_locale(lang))
    return f"1er{text[1:]}" if lang == "fr" and on.day == 1 else text


def hour(at: time, lang: Lang = "fr") -> str:
    """An hour of the day: « 14 h 05 », "14:05"."""
    return f"{at.hour}{NO_BREAK}h{NO_BREAK}{at.minute:02d}" if lang == "fr" else f"{at.hour}:{at.minute:02d}"


def weekday(on: date, lang: Lang = "fr") -> str:
    """The name of the day in the week: « lundi », "Monday"."""
    return format_date(on, "EEEE", locale=_locale(lang))


def days(count: int, lang: Lang = "fr") -> str:
    """A number of days: « 62 jours », « 1 jour »."""
    plural = abs(count) >= 2 if lang == "fr" else abs(count) != 1
    unit = {"fr": "jour", "en": "day"}[lang] + ("s" if plural else "")
    return f"{number(count, lang)}{NO_BREAK}{unit}"


def months(count: int, lang: Lang = "fr") -> str:
    """A number of months: « 12 mois », « 1 month »."""
    unit = "mois" if lang == "fr" else "month" + ("s" if abs(count) != 1 else "")
    return f"{number(count, lang)}{NO_BREAK}{unit}"


def _apart(sign: str, lang: Lang) -> str:
    return sign + NO_BREAK if sign and lang == "fr" else sign


def _pattern(currency: str, most: int = 0) -> str:
    least = decimals(currency)
    places = "0" * least + "#" * max(most - least, 0)
    return "#,##0" + (f".{places}" if places else "")


def _number(value: Decimal, pattern: str, lang: Lang) -> str:
    text = format_decimal(value, format=pattern, locale=_locale(lang), decimal_quantization=False)
    return text.replace("-", MINUS)


@cache
def _locale(lang: Lang) -> Locale:
    return Locale.parse({"fr": "fr_CA", "en": "en_CA"}[lang])
