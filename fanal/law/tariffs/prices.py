"""How a book says its prices: what each one is for, how far it goes, when it counts. French by default."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from fanal.law.metering import registers
from fanal.law.tariffs.book import Book
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.rules import BillingDemand
from fanal.values.money import QUANTITY_SCALE, scaled, unscaled
from fanal.values.wording import Lang, days, number, percentage, price, quantity

_WORDS: Final[dict[str, dict[Lang, str]]] = {
    "month": {"fr": "par mois", "en": "per month"},
    "bill": {"fr": "par facture", "en": "per bill"},
    "day": {"fr": "par jour", "en": "per day"},
    "days": {"fr": "par {}", "en": "per {}"},
    "each": {"fr": "le {}", "en": "per {}"},
    "unit": {"fr": "par appareil", "en": "per unit"},
    "household": {"fr": "par ménage", "en": "per household"},
    "register": {"fr": "du registre « {} »", "en": "of register “{}”"},
    "less": {"fr": "moins : {}", "en": "less: {}"},
    "excess": {"fr": "de la puissance maximale au-delà de la puissance réelle", "en": "of maximum beyond real power"},
    "share": {"fr": "de : {}", "en": "of: {}"},
    "before": {"fr": "de ce qui précède", "en": "of what comes before"},
    "bank": {"fr": "laissé en banque", "en": "left in the bank"},
    "upto": {"fr": "jusqu’à {}", "en": "up to {}"},
    "above": {"fr": "au-delà de {}", "en": "above {}"},
    "of_kwh": {"fr": "{} des kWh", "en": "{} of the kWh"},
    "cos": {"fr": "cos φ sous {}", "en": "power factor below {}"},
    "winter": {"fr": "en hiver", "en": "in winter"},
    "summer": {"fr": "en été", "en": "in summer"},
    "season": {"fr": "saison « {} »", "en": "season “{}”"},
    "single": {"fr": "monophasé", "en": "single phase"},
    "three": {"fr": "triphasé", "en": "three phases"},
    "multiplier": {"fr": "fois le multiplicateur", "en": "times the multiplier"},
    "households": {"fr": "fois les ménages", "en": "times the households"},
    "kw": {"fr": "fois les kW à facturer", "en": "times the kW billed"},
    "apparent": {"fr": "{} de la puissance apparente (kVA)", "en": "{} of the apparent power (kVA)"},
    "past": {
        "fr": "{} de la plus grande puissance des {} périodes d’avant",
        "en": "{} of the highest power of the {} periods before",
    },
    "step": {"fr": "chacune arrondie à {}", "en": "each rounded to {}"},
    "ending": {"fr": "qui finissent au mois {}", "en": "that end in month {}"},
}
_WHOLE: Final = {"kwh": "kWh", "kvarh": "kvarh"}  # what is told by its unit


def amount(charge: Charge, book: Book, lang: Lang = "fr") -> str:
    """The price itself: « 6,905 ¢ », « 1 984 ₫ », « −1,5 % »."""
    if charge.kind == "percent":
        return percentage(charge.price_micro, lang)
    return price(charge.price_micro, lang, book.currency)


def each(charge: Charge, lang: Lang = "fr") -> str:
    """What a price is for: « le kWh », « le kW, par 30 jours », « par mois »."""
    return ", ".join(_each(charge, lang))


def _each(charge: Charge, lang: Lang) -> Iterator[str]:
    def word(name: str, *facts: str) -> str:
        return _WORDS[name][lang].format(*facts)

    if charge.kind in ("energy", "demand", "bank"):
        yield word("each", charge.unit)
    if charge.kind == "bank":
        yield word("bank")
    if charge.kind == "fixed" and charge.times in ("units", "households"):
        yield word("unit" if charge.times == "units" else "household")
    if charge.per and charge.kind != "energy":
        yield word(charge.per)
    if charge.per_days:
        yield word("day") if charge.per_days == 1 else word("days", days(charge.per_days, lang))


def limits(charge: Charge, book: Book, lang: Lang = "fr") -> Iterator[str]:
    """Of what a price is, where a block begins and ends, in which season, by how many phases, times what."""
    yield from _of(charge, book, lang)
    yield from _reach(charge, lang)


def _of(charge: Charge, book: Book, lang: Lang) -> Iterator[str]:
    """The register, what comes off it, or the lines that a share is of."""

    def register(name: str) -> str:
        return registers.title(book, name, lang) if name in book.registers else _WHOLE[name]

    if charge.kind in ("energy", "demand") and charge.of in book.registers:
        yield _WORDS["register"][lang].format(register(charge.of))
    if charge.of == "power_factor_excess":
        yield _WORDS["excess"][lang]
    if charge.less:
        yield _WORDS["less"][lang].format(", ".join(map(register, charge.less)))
    if charge.kind == "percent":
        yield _WORDS["share"][lang].format(", ".join(charge.on)) if charge.on else _WORDS["before"][lang]


def _reach(charge: Charge, lang: Lang) -> Iterator[str]:

    def word(name: str, *facts: str) -> str:
        return _WORDS[name][lang].format(*facts)

    length = word(charge.per) if charge.per and charge.kind != "demand" else ""
    if charge.width_days:
        length = word("day") if charge.width_days == 1 else word("days", days(charge.width_days, lang))
    length = f" {length}" if length else ""
    if charge.kind == "percent" and charge.upto_milli:
        yield word("cos", number(unscaled(charge.upto_milli, QUANTITY_SCALE), lang))
    if charge.after_milli and charge.kind == "energy":
        yield word("above", quantity(charge.after_milli, charge.unit, lang)) + length
    if charge.over_milli:
        yield word("above", quantity(charge.over_milli, "kW", lang))
    if charge.upto_milli and charge.kind != "percent":
        yield word("upto", quantity(charge.upto_milli, charge.unit, lang)) + length
    if charge.over_percent_milli:
        yield word("above", word("of_kwh", percentage(charge.over_percent_milli * 10, lang)))
    if charge.season:
        yield _season(charge.season, lang)
    if charge.phases:
        yield word("single" if charge.phases == 1 else "three")
    if charge.times in ("multiplier", "kw") or (charge.times == "households" and charge.kind != "fixed"):
        yield word(charge.times)


def demand(rule: BillingDemand, lang: Lang = "fr") -> Iterator[str]:
    """What counts as power to bill, besides the power that was read."""
    if rule.power_factor_percent is not None:
        yield _WORDS["apparent"][lang].format(_percent(rule.power_factor_percent, lang))
    if past := rule.ratchet:
        said = [_WORDS["past"][lang].format(_percent(past.percent, lang), past.periods)]
        said += [_season(past.season, lang)] if past.season else []
        months = ", ".join(str(it) for it in past.months)
        yield ", ".join(said + ([_WORDS["ending"][lang].format(months)] if months else []))
    if (step := scaled(rule.quantum, QUANTITY_SCALE)) > 1:
        yield _WORDS["step"][lang].format(quantity(step, "kW", lang))


def _season(name: str, lang: Lang) -> str:
    return _WORDS[name][lang] if name in ("winter", "summer") else _WORDS["season"][lang].format(name)


def _percent(value: Decimal, lang: Lang) -> str:
    return percentage(int(value * 10_000), lang)
